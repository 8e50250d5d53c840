"""How much a number of copies can take while the promise is kept, with nothing in flight."""

import math
from dataclasses import dataclass

from vectortier.model.load import BUDGET
from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import Load
from vectortier.simulate.response import highest_below, slower_shares

DRIFT_STEPS = 100
"""Under drift, service times are told apart in steps of 1 %: each step needs a table of its own."""
ROUNDING = 1e-9
"""A load of exactly the capacity of N copies asks for N, whatever the last digit of a quotient is."""


class NoCapacityError(ValueError):
    """The promise cannot be kept at any rate."""


@dataclass(frozen=True)
class Promise:
    """99 of 100 searches are answered within the time, in seconds."""

    seconds: float


def capacity_of_one(model: TierModel, promise: Promise, writes_per_second: float = 0.0, progress: float = 0.0) -> float:
    """Searches per second that one copy answers within the promise; N copies answer N times as many.

    0 when writes leave no room for it. Raises NoCapacityError when even a single search takes too long.
    """
    service = slowed(model, progress)
    highest = highest_below(slower_shares(model.queue(service), promise.seconds / service), BUDGET)
    if highest is None:
        raise NoCapacityError(
            f"the promise of {promise.seconds * 1000:g} ms cannot be kept at any rate: already when nothing waits, "
            f"more than {BUDGET:.0%} of the searches take longer (searchMilliseconds: {service * 1000:.3g})"
        )
    cores = model.cores_per_copy
    for_searches = highest * cores - (cores - model.spare_cores(writes_per_second))
    return max(0.0, for_searches / service)


def copies_asked_for(model: TierModel, promise: Promise, load: Load) -> tuple[float, ...]:
    """For each interval the rate of searches in capacities of one copy: how many copies keep the promise, not rounded.

    Infinite where no number does: writes leave no room for searches, or drift has made them too slow. Raises
    NoCapacityError when it cannot be kept from the beginning.
    """
    capacity_of_one(model, promise)
    last = max(1, len(load) - 1)
    rates = enumerate(zip(load.searches, load.writes, strict=True))
    return tuple(_asked_for(searches, model, promise, writes, i / last) for i, (searches, writes) in rates)


def _asked_for(searches: float, model: TierModel, promise: Promise, writes: float, progress: float) -> float:
    try:
        one = capacity_of_one(model, promise, writes, progress)
    except NoCapacityError:
        one = 0.0
    if one == 0.0:
        return math.inf if searches > 0 else 0.0
    return searches / one * (1 - ROUNDING)


def slowed(model: TierModel, progress: float) -> float:
    """The mean service time in seconds, in steps of 1 % of the one at the start."""
    start = model.search_seconds(0.0)
    return start * round(model.search_seconds(progress) / start * DRIFT_STEPS) / DRIFT_STEPS
