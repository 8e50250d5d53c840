"""Running the simulations that a command asks for, with progress on standard error."""

from collections.abc import Sequence
from typing import NamedTuple

import click

from vectortier.api.vectortier import VectorTierSpec
from vectortier.cli.simulation.progress import LONG_SECONDS, progress
from vectortier.simulate.capacity import NoCapacityError
from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import Rates
from vectortier.simulate.simulation import NothingToScaleError, Outcome, prepare, promise_of, scale_to_copies, simulate


class Circumstances(NamedTuple):
    """What is the same for every run."""

    rates: Rates
    model: TierModel
    policy: str
    seed: int
    peak_copies: int | None


def run_all(specs: Sequence[VectorTierSpec], given: Circumstances) -> list[Outcome]:
    """One run for each tier, all under the same load: it is scaled by the promise of the first one only. Raises
    ClickException."""
    try:
        scaled = _scaled(specs[0], given)
        return [_run(spec, given._replace(rates=scaled)) for spec in specs]
    except (NoCapacityError, NothingToScaleError) as error:
        raise click.ClickException(str(error)) from error


def _scaled(spec: VectorTierSpec, given: Circumstances) -> Rates:
    if given.peak_copies is None:
        return given.rates
    return scale_to_copies(given.rates, given.peak_copies, given.model, promise_of(spec))


def _run(spec: VectorTierSpec, given: Circumstances) -> Outcome:
    is_long = len(given.rates.searches) >= LONG_SECONDS
    if is_long:
        click.echo("looking for the optimum", err=True)
    setting = prepare(spec, given.rates, given.model, given.policy)
    tell = progress(given.policy, len(setting.scenario.load)) if is_long else lambda _: None
    return simulate(setting, given.policy, given.seed, tell)
