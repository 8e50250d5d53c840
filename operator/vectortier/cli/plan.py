"""`vectortier plan`: what the operator would do, about a live tier, from files, or from lines of another program."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
import yaml

from vectortier.cli.cluster_options import cluster_options, reach
from vectortier.cli.files import read_observation, read_spec
from vectortier.cli.live import Change, Services, look_live
from vectortier.cli.prometheus_options import prometheus_options
from vectortier.cli.sentences import sentences
from vectortier.cli.stream import answer_stream
from vectortier.decide.tier import decide
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan
from vectortier.report.record import build_record

_WOULD_ACT = 2


@dataclass(frozen=True)
class _Question:
    """Where the tier and what is observed come from, and how to print the decision."""

    tier: str | None
    namespace: str | None
    kubeconfig: Path | None
    context: str | None
    filename: Path | None
    observation: Path | None
    stream: bool
    output: str | None


@click.command()
@click.argument("tier", required=False)
@cluster_options
@click.option("-f", "--filename", type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option(
    "--observation",
    type=click.Path(path_type=Path),
    help="What was observed, as `run --record DIR` writes it.",
)
@click.option("--stream", is_flag=True, help="Answer observations from standard input, one a line; see above.")
@prometheus_options(required=False)
@click.option(
    "--weaviate-url",
    default="http://{ip}:8080",
    show_default=True,
    envvar="VECTORTIER_WEAVIATE_URL",
    help="How a node is reached; {ip}, {pod}, {ordinal} and {namespace} are filled in.",
)
@click.option(
    "--look-seconds",
    default=6.0,
    show_default=True,
    type=click.FloatRange(0.5),
    help="Wait so long for Weaviate, Prometheus.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "yaml", "json"]),
    help="text for a live tier, yaml from files; not with --stream.",
)
def plan(**options: Any) -> None:
    """Decide as the operator would: about a live tier, or from a tier and an observation in files.

    Exit code 0: nothing would be done. 2: something would. 1: it cannot be said.

    \b
    Examples:
      vectortier plan tickets -n search --prometheus-url http://127.0.0.1:9090 \\
        --weaviate-url 'http://127.0.0.1:1808{ordinal}'
      vectortier plan tickets -n search -f changed.yaml --prometheus-url http://127.0.0.1:9090
      vectortier plan -f tier.yaml --observation recorded/search/tickets/1730000000000.yaml

    With a TIER the cluster, Weaviate and Prometheus are read and nothing is written. With -f as well, its spec is
    taken in the place of the live one: what would this change do? Needed are the operator's rights to read, that to
    get the Secret with the tier's keys among them. From outside of the cluster, forward a port of each node
    (`kubectl port-forward pod/TIER-weaviate-0 18080:8080`, and so on) and say so with --weaviate-url, as above. A
    Weaviate or a Prometheus that does not answer is a decision too: to hold.

    With --stream any program can play the tier, a simulator for one: it writes one observation as a JSON object in a
    line, and reads one decision in a line before it writes the next. The operator remembers between lines what it
    remembers between looks: windows, stabilisation, cool-down, the operation under way.

    \b
    Example, each of the two in one line; the answer comes within a minute of such lines:
      $ vectortier plan -f tier.yaml --stream
      {"now": 1730000000, "window_seconds": 15, "requests": 8123, "bad": 140, "p50_ms": 3.1,
       "p99_ms": 14.2, "qps": 541.5, "writes_per_second": 0, "cpu_utilisation": [0.91],
       "nodes": 1, "serving": 1, "copies": 1, "copying": 0, "copy_seconds": 165,
       "bytes_per_copy": 6100000000}
      {"nodes": 2, "copies": 2, "action": "ScaleOut", "reason": "ScaleOutNeeded",
       "message": "add node ...", "next_check_seconds": 2}

    \b
    now                 Unix seconds at the end of the window, more than in the line before
    window_seconds      how long the window was
    requests, bad       searches that ended in it, and those of them that were late or failed
    p50_ms, p99_ms      milliseconds; null without searches
    qps                 searches per second that came, answered or not
    writes_per_second   writes per second
    *_utilisation       cpu, memory, disk: a share from 0 to 1 for each node; may be absent
    collections         {"NAME": searches per second} of the collections; may be absent
    nodes               nodes that exist, also those that do not serve yet
    serving             those of them that answer searches
    copies              whole copies of the data
    copying             copies under way
    copy_seconds        from asking for a node until it serves
    bytes_per_copy      bytes
    missing             true: no metrics; all the other fields may be absent

    The decision says what the tier should have, on every line; `nodes` and `copies` are null until a line has told of
    the tier. `action` is what begins with this line, otherwise Hold. A field that is not listed above is ignored, and
    named once on standard error. A line that cannot be used ends the stream with exit code 1 and a sentence; the
    answers before it stand.
    """
    services = Services(**{field.name: options.pop(field.name) for field in fields(Services)})
    asked = _Question(**options)
    _refuse_contradictions(asked, services.prometheus_url)
    if asked.tier is not None:
        changed = read_spec(asked.filename) if asked.filename is not None else None
        client, namespace = reach(asked.namespace, asked.kubeconfig, asked.context)
        seen = look_live(client, namespace, asked.tier, changed, services)
        _show(seen.observed, seen.plan, asked.output or "text", seen.changes)
    elif asked.filename is not None:
        _plan_from_files(asked.filename, asked.observation, asked.output or "yaml")


def _refuse_contradictions(asked: _Question, prometheus_url: str | None) -> None:
    live = asked.tier is not None
    if live and (asked.stream or asked.observation is not None):
        raise click.UsageError("TIER is read from a cluster: --observation and --stream do not go with it")
    if not live and asked.filename is None:
        raise click.UsageError("name a TIER, or give -f with --observation FILE or --stream")
    if not live and asked.stream == (asked.observation is not None):
        raise click.UsageError("give either --observation FILE or --stream")
    if asked.stream and asked.output is not None:
        raise click.UsageError("--stream answers with JSON, one decision a line: --output does not go with it")
    if live and not prometheus_url:
        raise click.UsageError("a live tier needs --prometheus-url, for example http://127.0.0.1:9090")


def _plan_from_files(filename: Path, observation: Path | None, output: str) -> None:
    spec = read_spec(filename)
    if observation is None:
        answer_stream(spec)
    else:
        observed = read_observation(observation)
        _show(observed, decide(spec, observed, observed.now), output, ())


def _show(observed: Observation, decided: Plan, output: str, changes: tuple[Change, ...]) -> None:
    """Print, and end with the exit code that says whether anything would be done."""
    values: dict[str, Any] = decided.model_dump(mode="json", by_alias=True)
    if output == "text":
        _show_text(build_record(observed, decided), values["action"], changes)
    else:
        whole = {**values, **({"changes": [change.as_json() for change in changes]} if changes else {})}
        text = json.dumps(whole, indent=2) if output == "json" else yaml.safe_dump(whole, sort_keys=False).rstrip()
        click.echo(text)
    sys.exit(_WOULD_ACT if decided.action or changes else 0)


def _show_text(record: Mapping[str, Any], action: Mapping[str, Any] | None, changes: tuple[Change, ...]) -> None:
    for line in sentences(action, record):
        click.echo(line)
    if changes:
        click.echo("The spec of the file would change:")
    for change in changes:
        click.echo(f"  {change.what}: {change.where}")
