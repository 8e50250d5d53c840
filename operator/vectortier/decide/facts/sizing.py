"""How many copies the tier needs: now, when another copy could serve, and in the time after that."""

import math

from vectortier.decide.estimate.capacity import copies_needed
from vectortier.decide.estimate.demand import INTERVAL_SECONDS, LONGEST_HORIZON, Outlook
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.need import Sizing
from vectortier.decide.facts.placement import copies
from vectortier.model.value import Unknown

LIKELY = 0.75
"""How sure it must be that a size is enough. What is not foreseen is mended by the next step; what is bought in vain is
paid for."""
SURE = 0.95
"""How sure, before a copy is taken away: to bring it back costs a movement."""
WARM_UP_INTERVALS = 4
"""Rates that a forecast needs at least."""
QUIET_SECONDS = 600.0
"""A change is not undone sooner than this, nor than three times what a movement takes."""


def serving_copies(facts: Facts) -> int:
    """Copies of everything that the gateway sends searches to."""
    return min(copies(facts.database) or 0, len(facts.journal.serving))


def horizon(facts: Facts) -> int:
    """How many intervals it takes until a copy serves."""
    return max(1, min(LONGEST_HORIZON - 1, round(facts.movement_seconds / INTERVAL_SECONDS)))


def sizing(facts: Facts) -> Sizing | None:
    """What the learned demand and capacity ask for; None while one of them, or the load, is not known."""
    learned, windows = facts.learned, facts.windows
    if isinstance(windows, Unknown) or windows.coarse or learned.capacity.search_cost is None:
        return None
    if len(learned.demand.rates) < WARM_UP_INTERVALS:
        return None
    away, outlook, highest = horizon(facts), Outlook(learned.demand, facts.now), _highest_lately(facts)
    back = max(away, round(quiet_seconds(facts) / INTERVAL_SECONDS)) + away

    def needed(intervals: int, share: float) -> float:
        return _of_rate(facts, outlook.rate_at_most(min(LONGEST_HORIZON, intervals), share))

    ahead, expected = needed(away + 1, LIKELY), outlook.rate(away + 1)
    return Sizing(
        serving=serving_copies(facts),
        now=_of_rate(facts, learned.demand.rates[-1]),
        ahead=ahead,
        later=needed(2 * away + 1, LIKELY),
        expected=_of_rate(facts, expected),
        settled=max(_of_rate(facts, highest), ahead, needed(back, SURE)) + learned.capacity.interference,
        grows=expected > highest,
    )


def quiet_seconds(facts: Facts) -> float:
    """For how long a change of the size is not undone."""
    return max(QUIET_SECONDS, 3 * facts.movement_seconds)


def _highest_lately(facts: Facts) -> float:
    """The highest rate within the time for which a tier has to be too large: it may well come again."""
    window = facts.spec.damping.scale_in.stabilization_window_seconds
    return max(facts.learned.demand.rates[-max(1, round(window / INTERVAL_SECONDS)) :])


def _of_rate(facts: Facts, rate: float) -> float:
    load = facts.load
    writes = 0.0 if isinstance(load, Unknown) or isinstance(load.writes_per_second, Unknown) else load.writes_per_second
    needed = copies_needed(facts.learned.capacity, rate, writes, promise_seconds(facts))
    return math.inf if needed is None else needed


def promise_seconds(facts: Facts) -> float:
    """The promise."""
    return facts.spec.slo.search.p99_milliseconds / 1000
