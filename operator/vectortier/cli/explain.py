"""`vectortier explain`: a decision as sentences."""

from pathlib import Path

import click

from vectortier.api.reasons import Reason
from vectortier.cli.files import read_observation, read_spec
from vectortier.decide.tier import decide


@click.command()
@click.option("-f", "--filename", "tier", required=True, type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option(
    "--observation",
    required=True,
    type=click.Path(path_type=Path),
    help="What was observed, as `run --record DIR` writes it.",
)
def explain(tier: Path, observation: Path) -> None:
    """Say what the operator would do and why: each rule in order with its numbers, and what to do about it.

    \b
    Example:
      vectortier explain -f tier.yaml --observation recorded/search/tickets/1730000000000.yaml
    """
    observed = read_observation(observation)
    decided = decide(read_spec(tier), observed, observed.now)
    action = decided.action.type if decided.action else "Nothing is done"
    click.echo(f"{action}: {decided.message}")
    for verdict in decided.verdicts:
        click.echo(f"  {verdict.outcome.value:<8}{verdict.rule}: {verdict.message} ({verdict.reason})")
    click.echo(f"What to do: {_remedy(decided.reason)}")
    click.echo(f"Looks again after {decided.next_check_seconds:g} s.")


def _remedy(reason: str) -> str:
    return next((known.remedy for known in Reason if known == reason), "nothing is known about this reason")
