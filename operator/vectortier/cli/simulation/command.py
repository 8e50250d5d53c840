"""`vectortier simulate`: what a policy would do to a tier under a recorded load."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack

import click

from vectortier.cli.files import TierFile, read_tier
from vectortier.cli.prometheus_options import prometheus_options
from vectortier.cli.simulation.files import read_model
from vectortier.cli.simulation.loads import Load, Server, load_from_file, load_from_history, since
from vectortier.cli.simulation.runs import Circumstances, run_all
from vectortier.cli.simulation.shown import show
from vectortier.simulate.compare.comparison import Comparison, Side
from vectortier.simulate.model import DEFAULTS
from vectortier.simulate.policies import registry


class Choices(TypedDict):
    """Which tiers, which load, and where the load is from."""

    tier: Path | None
    compare: tuple[Path, Path] | None
    load: Path | None
    since: int | None
    prometheus_url: str | None
    prometheus_headers: Mapping[str, str]
    prometheus_ca: Path | None
    prometheus_token_file: Path | None


def _policy(_: click.Context, __: click.Parameter, given: str) -> str:
    try:
        registry.check_policy(given)
    except registry.PolicyError as error:
        raise click.ClickException(str(error)) from error
    return given


def _show_model(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(DEFAULTS.read_text(encoding="utf-8").rstrip())
        context.exit()


@click.command()
@click.option("-f", "--filename", "tier", type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option(
    "--compare",
    nargs=2,
    type=click.Path(path_type=Path),
    metavar="A B",
    help="Two VectorTiers instead of one, side by side under the same load and seed.",
)
@click.option("--load", type=click.Path(path_type=Path), help="The load, CSV; see above.")
@click.option(
    "--since",
    metavar="TIME",
    callback=since,
    help="Instead of --load, what the tier was asked for in this time, from Prometheus: 14d, 36h or 90m.",
)
@prometheus_options(required=False)
@click.option(
    "--policy",
    default="vectortier",
    show_default=True,
    metavar="POLICY",
    callback=_policy,
    help=f"One of {registry.names()}.",
)
@click.option("--model", type=click.Path(path_type=Path), help="Parameters of the tier model, YAML; see above.")
@click.option(
    "--show-model",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_model,
    help="Print the default parameters and exit.",
)
@click.option(
    "--peak-copies",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Scale the load so that its 99.9th percentile is the capacity of N copies.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of everything that is random.")
@click.option("-o", "--output", default="text", show_default=True, type=click.Choice(["json", "text", "html"]))
def simulate(
    model: Path | None, policy: str, peak_copies: int | None, seed: int, output: str, **choices: Unpack[Choices]
) -> None:
    """Let a policy run a tier through a recorded load, and say how well it did.

    The policy `vectortier` is the operator's own: the same code that decides live. The others are for comparison:
    `hpa-p99`, `hpa-cpu` and `keda-qps` are Kubernetes' HorizontalPodAutoscaler on the p99, on CPU utilisation, and on
    searches per second in per cent of one copy's capacity; `vespa` is Vespa Cloud's autoscaling; `static` keeps N
    copies; `lookahead` knows the load for as long as a copy takes; `oracle` knows all of it, and keeps the promise at
    the least cost that is possible with one batch of new copies in flight at a time.

    \b
    The load is a CSV file with one of these headings:
      qps                     searches per second, one row for each second
      qps,writes_per_second   the same with writes
      timestamp               one row for each search: Unix seconds or ISO 8601, in order
    Without a heading it is read as qps.

    With --since it is what Prometheus has recorded of the tier that the file names (metadata.name and
    metadata.namespace; with --compare, the first file). Where nothing was recorded the load is not known, which is not
    zero: such gaps are bridged by straight lines, it is told how many there are, and more than a tenth is refused.

    The tier model says how long a search takes, what a copy takes and costs, and what metrics show of it.
    `--show-model` prints its parameters with their defaults and sources; a file needs to hold only those that differ.

    \b
    Examples:
      vectortier simulate -f tier.yaml --load qps.csv
      vectortier simulate -f tier.yaml --load qps.csv --peak-copies 12 --policy hpa-cpu=60 --output json
      vectortier simulate -f tier.yaml --load qps.csv --output html > run.html
      vectortier simulate --compare today.yaml proposed.yaml --load qps.csv
      vectortier simulate -f tier.yaml --since 14d --prometheus-url http://127.0.0.1:9090
    """
    paths, parameters = _tiers(choices), read_model(model)
    tiers = [read_tier(path) for path in paths]
    load = _load(choices, tiers[0])
    outcomes = run_all([tier.spec for tier in tiers], Circumstances(load.rates, parameters, policy, seed, peak_copies))
    sides = [Side(str(p), t.spec, outcome) for p, t, outcome in zip(paths, tiers, outcomes, strict=True)]
    result = outcomes[0] if len(sides) == 1 else Comparison(*sides)
    click.echo(show(result, output, f"{policy} on {load.name}", load.known))


def _tiers(choices: Choices) -> list[Path]:
    tier, compare = choices["tier"], choices["compare"]
    if tier is not None and not compare:
        return [tier]
    if compare and tier is None:
        return list(compare)
    raise click.UsageError("give either -f FILE or --compare A B")


def _load(choices: Choices, tier: TierFile) -> Load:
    path, seconds, url = choices["load"], choices["since"], choices["prometheus_url"]
    if path is not None and seconds is None:
        return load_from_file(path)
    if seconds is None or path is not None:
        raise click.UsageError("give either --load FILE or --since TIME")
    if url is None:
        raise click.UsageError("--since needs --prometheus-url, for example http://127.0.0.1:9090")
    server = Server(url, choices["prometheus_headers"], choices["prometheus_ca"], choices["prometheus_token_file"])
    return load_from_history(tier, seconds, server)
