"""`vectortier plan`: what the operator would do, from files."""

import sys
from pathlib import Path

import click
import yaml

from vectortier.cli.files import read_observation, read_spec
from vectortier.decide.tier import decide

_WOULD_ACT = 2


@click.command()
@click.option("-f", "--filename", "tier", required=True, type=click.Path(path_type=Path), help="The VectorTier, YAML.")
@click.option(
    "--observation",
    required=True,
    type=click.Path(path_type=Path),
    help="What was observed, as `run --record DIR` writes it.",
)
@click.option("-o", "--output", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def plan(tier: Path, observation: Path, output: str) -> None:
    """Decide as the operator would, from a tier and an observation; no cluster is asked.

    Exit code 0: nothing would be done. 2: something would. 1: the files cannot be used.

    \b
    Example:
      vectortier plan -f tier.yaml --observation recorded/search/tickets/1730000000000.yaml
    """
    observed = read_observation(observation)
    decided = decide(read_spec(tier), observed, observed.now)
    if output == "json":
        click.echo(decided.model_dump_json(by_alias=True, indent=2))
    else:
        click.echo(yaml.safe_dump(decided.model_dump(mode="json", by_alias=True), sort_keys=False).rstrip())
    sys.exit(_WOULD_ACT if decided.action else 0)
