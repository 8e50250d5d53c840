"""`vectortier simulate`: what a policy would do to a tier under a recorded load."""

import json
from pathlib import Path
from typing import TypedDict, Unpack

import click

from vectortier.api.vectortier import VectorTierSpec
from vectortier.cli.files import read_spec
from vectortier.cli.progress import LONG_SECONDS, progress
from vectortier.cli.simulation_files import read_load, read_model
from vectortier.simulate.capacity import NoCapacityError
from vectortier.simulate.model import DEFAULTS, TierModel
from vectortier.simulate.page.page import render_page
from vectortier.simulate.policies import registry
from vectortier.simulate.rates import Rates
from vectortier.simulate.simulation import NothingToScaleError, Outcome, prepare, promise_of, scale_to_copies
from vectortier.simulate.simulation import simulate as run_simulation
from vectortier.simulate.text import render_text


class Choices(TypedDict):
    """What to do with the load and the tier."""

    policy: str
    peak_copies: int | None
    seed: int


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
@click.option("-f", "--filename", "tier", required=True, type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option("--load", required=True, type=click.Path(path_type=Path), help="The load, CSV; see above.")
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
def simulate(tier: Path, load: Path, model: Path | None, output: str, **choices: Unpack[Choices]) -> None:
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

    The tier model says how long a search takes, what a copy takes and costs, and what metrics show of it.
    `--show-model` prints its parameters with their defaults and sources; a file needs to hold only those that differ.

    \b
    Examples:
      vectortier simulate -f tier.yaml --load qps.csv
      vectortier simulate -f tier.yaml --load qps.csv --peak-copies 12 --policy hpa-cpu=60 --output json
      vectortier simulate -f tier.yaml --load qps.csv --output html > run.html
    """
    spec, rates, parameters = read_spec(tier), read_load(load), read_model(model)
    try:
        outcome = _simulate(spec, rates, parameters, choices)
    except (NoCapacityError, NothingToScaleError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_render(outcome, output, f"{choices['policy']} on {load.name}"))


def _render(outcome: Outcome, output: str, title: str) -> str:
    if output == "json":
        return json.dumps(outcome.summary.as_json(), indent=1)
    return render_page(outcome, title) if output == "html" else render_text(outcome.summary)


def _simulate(spec: VectorTierSpec, rates: Rates, model: TierModel, choices: Choices) -> Outcome:
    """Tells on standard error how far a long run has got."""
    copies, policy = choices["peak_copies"], choices["policy"]
    scaled = rates if copies is None else scale_to_copies(rates, copies, model, promise_of(spec))
    is_long = len(scaled.searches) >= LONG_SECONDS
    if is_long:
        click.echo("looking for the optimum", err=True)
    setting = prepare(spec, scaled, model, policy)
    tell = progress(policy, len(setting.scenario.load)) if is_long else lambda _: None
    return run_simulation(setting, policy, choices["seed"], tell)
