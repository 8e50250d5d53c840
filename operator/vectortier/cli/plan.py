"""`vectortier plan`: what the operator would do, from files or from lines of another program."""

import sys
from pathlib import Path

import click
import yaml

from vectortier.api.vectortier import VectorTierSpec
from vectortier.cli.files import read_observation, read_spec
from vectortier.cli.stream import answer_stream
from vectortier.decide.tier import decide

_WOULD_ACT = 2


@click.command()
@click.option("-f", "--filename", "tier", required=True, type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option(
    "--observation",
    type=click.Path(path_type=Path),
    help="What was observed, as `run --record DIR` writes it.",
)
@click.option("--stream", is_flag=True, help="Answer observations from standard input, one a line; see above.")
@click.option(
    "-o", "--output", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True, help="Not with --stream."
)
def plan(tier: Path, observation: Path | None, stream: bool, output: str) -> None:
    """Decide as the operator would, from a tier and an observation; no cluster is asked.

    Exit code 0: nothing would be done. 2: something would. 1: the files cannot be used.

    \b
    Example:
      vectortier plan -f tier.yaml --observation recorded/search/tickets/1730000000000.yaml

    With --stream any program can play the tier, a simulator for one: it writes one observation as a JSON object in a
    line, and reads one decision in a line before it writes the next. The operator remembers between lines what it
    remembers between looks: windows, stabilisation, cool-down, the operation under way.

    \b
    Example, each of the two in one line; the answer is that after a minute of such lines:
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
    qps                 searches per second
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

    The decision says what the tier should have, on every line. `action` is what begins with this line, otherwise Hold.
    A line that cannot be used ends the stream with exit code 1 and a sentence; the answers before it stand.
    """
    if stream == (observation is not None):
        raise click.UsageError("give either --observation FILE or --stream")
    spec = read_spec(tier)
    if observation is None:
        answer_stream(spec)
    else:
        _plan_once(spec, observation, output)


def _plan_once(spec: VectorTierSpec, observation: Path, output: str) -> None:
    observed = read_observation(observation)
    decided = decide(spec, observed, observed.now)
    if output == "json":
        click.echo(decided.model_dump_json(by_alias=True, indent=2))
    else:
        click.echo(yaml.safe_dump(decided.model_dump(mode="json", by_alias=True), sort_keys=False).rstrip())
    sys.exit(_WOULD_ACT if decided.action else 0)
