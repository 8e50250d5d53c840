"""What one copy can do, and so how many copies a demand needs.

Latency is flat until a node is busy for most of its time and explodes then, so that it cannot be turned into a size;
utilisation can. A copy that answers `s` searches and takes `w` writes per second keeps its node busy for

    utilisation = search_cost * s + write_cost * w

of its time. Searches are shared between the copies while every copy takes every write. The costs are estimated from one
interval after the other: a Kalman filter whose state walks at random, so that it follows a tier whose searches become
slower. How busy a node may be follows from queueing. A node that can answer `m` searches per second in `s` seconds each
works on `c = m * s` at once. Of its searches the share `C(c, u)` waits (Erlang), for an exponentially distributed time
whose mean is `1 / (2 * m * (1 - u))` (M/M/c, halved for service times that vary little: Kingman), so that one in a
hundred waits longer than what the promise leaves beside the service time at the utilisation

    u = 1 - ln(100 * C(c, u)) / (2 * m * (promise - s))

What is seen corrects that limit (`trust`): late searches below it lower it at once, good ones above raise it, and so
does a p99 that shows room. In heavy traffic waiting grows as 1 / (1 - u) (Kingman again), so that what the p99 has over
a search that hardly waits, beside what the promise has, says which utilisation would use the promise up:

    1 - (p99 - s) / (promise - s) * (1 - u)

A tier that is not like the formula's station is found out in this way before it is overloaded.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from vectortier.decide.estimate.queueing import waiting_share
from vectortier.model.learned import Capacity
from vectortier.model.load import BUDGET

WRITES_IN_SEARCHES = 2.7
"""What a write costs in searches, until it is known: an insert searches the graph with a longer list of candidates
(efConstruction 256 where searches have ef 96 in Weaviate's published benchmark)."""
HIGHEST, LOWEST = 0.95, 0.4
"""Of the utilisation at which the promise is taken to be kept, whatever the formula says."""
PRIOR = 0.95
"""The formula is trusted so far before anything has been seen: service times do vary."""
LEAST_TRUST, MOST_TRUST = 0.5, HIGHEST / (LOWEST * PRIOR)
"""The most leads from the lowest of the formula's utilisations to the highest there is."""
NEAR = 0.7
"""Late searches further below the limit have another cause than too much to do."""
FULL = 0.98
"""A node as busy as this may be asked for more than it answers, which teaches no cost."""
MOST_SERVERS = 128
_STEPS = 4
_CORRECTION, _FORGETTING = 0.3, 0.005
_PERSUASION = 0.03
"""By how much of the difference the p99 of one interval raises the limit: quantiles of few searches vary."""
_FURTHEST = 0.5
"""At least this share of a node's idle time is left alone, as the tail may grow faster than waiting does."""
_WALK = 0.01
"""By how much a cost may change from interval to interval, as a share of it."""
_NOISE = 0.03
"""Of a utilisation that is measured, as a share of it."""
_FIRST_SPREAD = 0.3


@dataclass(frozen=True)
class Seen:
    """One interval of one copy: rates per second, shares 0..1."""

    searches: float
    writes: float
    utilisation: float
    bad_share: float
    median_seconds: float | None
    """None: not known. The same holds for the p99."""
    tail_seconds: float | None = None
    steady: bool = True
    """Nothing was copied, and the same copies had served for a while: what is late is late for the load alone."""


def learn_capacity(known: Capacity, seen: Seen, promise_seconds: float) -> Capacity:
    """After one more interval."""
    if seen.searches <= 0:
        return known
    found = _with_costs(known, seen)
    if not seen.steady:
        return found
    found = found.model_copy(update={"median_seconds": _median(found, seen)})
    return found.model_copy(update={"trust": _trust(found, seen, promise_seconds)})


def utilisation_limit(capacity: Capacity, promise_seconds: float) -> float:
    """How busy (0..1) a node may be while the promise is kept."""
    theory = _in_theory(capacity.search_cost, capacity.median_seconds, promise_seconds)
    return max(LOWEST, min(HIGHEST, capacity.trust * PRIOR * theory))


def copies_needed(capacity: Capacity, searches: float, writes: float, promise_seconds: float) -> float | None:
    """How many copies keep the promise at so many searches and writes per second, not rounded.

    Infinite when writes leave no room for searches; None while no cost has been measured.
    """
    if capacity.search_cost is None:
        return None
    left = utilisation_limit(capacity, promise_seconds) - capacity.write_cost * writes
    return capacity.search_cost * searches / left if left > 0 else math.inf


@lru_cache(maxsize=64)
def _in_theory(search_cost: float | None, median_seconds: float, promise_seconds: float) -> float:
    """The utilisation of the formula above, found by putting it into itself; it converges from above in a few steps."""
    room = promise_seconds - median_seconds
    if not search_cost or room <= 0:
        return LOWEST
    servers = max(1, min(MOST_SERVERS, round(median_seconds / search_cost)))
    utilisation = HIGHEST
    for _ in range(_STEPS):
        waits = max(BUDGET, waiting_share(servers, utilisation))
        utilisation = max(LOWEST, min(HIGHEST, 1 - math.log(waits / BUDGET) * search_cost / (2 * room)))
    return utilisation


def _median(known: Capacity, seen: Seen) -> float:
    """What a search takes that hardly waits: the lowest median lately, of intervals that kept the promise."""
    if seen.median_seconds is None or seen.bad_share > BUDGET:
        return known.median_seconds
    if known.median_seconds == 0 or seen.median_seconds < known.median_seconds:
        return seen.median_seconds
    return known.median_seconds + 0.02 * (seen.median_seconds - known.median_seconds)


def _trust(found: Capacity, seen: Seen, promise_seconds: float) -> float:
    limit = utilisation_limit(found, promise_seconds)
    there = found.trust * min(seen.utilisation, HIGHEST) / limit
    if seen.bad_share > BUDGET and NEAR * limit < seen.utilisation < limit:
        return max(LEAST_TRUST, found.trust + _CORRECTION * (there - found.trust))
    if seen.bad_share <= BUDGET / 2 and seen.utilisation > limit:
        return min(MOST_TRUST, found.trust + _CORRECTION * (there - found.trust))
    bearable = PRIOR * _by_tail(found.median_seconds, seen, promise_seconds)
    if seen.bad_share <= BUDGET / 2 and bearable > limit:
        return min(MOST_TRUST, found.trust * (1 + _PERSUASION * (bearable / limit - 1)))
    # What made searches late may have passed: a surprise wears off, so that the limit is tried again one day.
    return found.trust + _FORGETTING * max(0.0, 1 - found.trust)


def _by_tail(median_seconds: float, seen: Seen, promise_seconds: float) -> float:
    """How busy (0..1) a node may be, by how much of the promise its p99 uses; 0 if that is not known."""
    room = promise_seconds - median_seconds
    if seen.tail_seconds is None or median_seconds == 0 or room <= 0:
        return 0.0
    used = max(_FURTHEST, (seen.tail_seconds - median_seconds) / room)
    return 1 - used * (1 - seen.utilisation)


def _with_costs(known: Capacity, seen: Seen) -> Capacity:
    """One step of the filter."""
    if known.search_cost is not None and _is_full(known, seen):
        return known
    if known.search_cost is None:
        cost = seen.utilisation / (seen.searches + WRITES_IN_SEARCHES * seen.writes)
        write = WRITES_IN_SEARCHES * cost
        return known.model_copy(update={"search_cost": cost, "write_cost": write, "spread": _widest(cost, write)})
    search, write = known.search_cost, known.write_cost
    widest = _widest(search, write)
    s_s, s_w, w_w = known.spread
    s_s, w_w = min(widest[0], s_s + (_WALK * search) ** 2), min(widest[2], w_w + (_WALK * write) ** 2)
    along_search, along_write = s_s * seen.searches + s_w * seen.writes, s_w * seen.searches + w_w * seen.writes
    noise = (_NOISE * max(seen.utilisation, 0.1)) ** 2
    total = seen.searches * along_search + seen.writes * along_write + noise
    wrong = (seen.utilisation - search * seen.searches - write * seen.writes) / total
    return known.model_copy(
        update={
            "search_cost": max(search / 2, search + along_search * wrong),
            "write_cost": max(write / 2, write + along_write * wrong),
            "spread": (
                s_s - along_search**2 / total,
                s_w - along_search * along_write / total,
                w_w - along_write**2 / total,
            ),
        }
    )


def _is_full(known: Capacity, seen: Seen) -> bool:
    """Whether more may have come than was answered. The time that a busy node uses is less than all of it where it is
    not measured exactly, or where not all of it can be used."""
    asked = known.search_cost * seen.searches + known.write_cost * seen.writes if known.search_cost else 0.0
    return seen.utilisation >= FULL or (seen.bad_share > BUDGET and asked >= FULL)


def _widest(search: float, write: float) -> tuple[float, float, float]:
    """The variances of costs of which nothing is known, and the covariance between them; a write's is less certain."""
    return (_FIRST_SPREAD * search) ** 2, 0.0, (2 * _FIRST_SPREAD * write) ** 2
