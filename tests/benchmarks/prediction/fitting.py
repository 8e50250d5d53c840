"""The parameters of the tier model, from levels of load that were measured. Pure, and without randomness.

Three steps, each from what shows it best:
- the mean and the spread of service times from searches that nothing waits in front of;
- the searches at once, from how many a saturated copy answers in the time that one takes without a queue;
- service time and the number of stalls from the shares of searches that are later than a few limits, at every level.

How long a stall lasts is not fitted but known: what is left of a period of the CPU limit when one core has used it up.
The tail near saturation depends only on its product with their number, so a fit of both would have no one answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.prediction.levels import Level, Levels
from tests.benchmarks.result import percentile
from tests.demo.lateness import as_sent
from tests.demo.phases import is_slow
from vectortier.gateway.settings import Limits
from vectortier.simulate.model import TierModel, model_with
from vectortier.simulate.response import HIGHEST

LIMITS = (0.4, 0.6, 0.8, 1.0, 1.4)
"""Shares of the SLO whose tail is compared: around it, and not so far below it that periods of a CPU limit show."""
PERIOD_MILLISECONDS = 100.0
"""Of a CPU limit, as Kubernetes sets it: a container that has used up its share stands still until the next one."""
_FIRST_STALLS, _FIRST_STEPS = 1.0, (0.05, 1.0)
"""Of the search, in logarithms of service time and stalls: the first is known well to begin with, the other is not."""
_SMALLEST = 0.02
"""Steps at which the search ends, as a share of the first ones."""
_STALLS_BETWEEN = (1e-3, 100.0)
_NORMAL_90 = 1.2815515655446004
"""The 90th percentile of the standard normal distribution."""

Parameters = dict[str, float | int]
Point = tuple[float, ...]


@dataclass(frozen=True)
class Tail:
    """What is compared of one level: offered searches per second, for how long, and the share later than each limit."""

    rate: float
    seconds: int
    searches: int
    later: Mapping[float, float]


def fit(levels: Levels, slo_milliseconds: int, limit_cores: float) -> Parameters:
    """The parameters that differ from the model's defaults, named as in its file. `limit_cores` is the copy's limit."""
    mean, spread = lognormal([one.milliseconds for one in as_sent(levels.low.driven.requests) if one.milliseconds])
    cores = max(1, round(levels.saturated * mean / 1000))
    known: Parameters = {
        "searchSpread": round(spread, 3),
        "coresPerCopy": cores,
        "stallMilliseconds": round(PERIOD_MILLISECONDS * (1 - limit_cores), 1),
        "searchesInFlight": Limits().searches,
        "lateSpells": True,
        "samplingNoise": False,
    }
    tails = [tail(one, slo_milliseconds) for one in levels.others]
    first = (math.log(1000 * cores / levels.saturated), math.log(_FIRST_STALLS))
    best = lowest(lambda point: distance({**known, **_named(point)}, tails), first, _FIRST_STEPS)
    return {**known, **_named(best)}


def lognormal(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Mean, and standard deviation in means, of the lognormal distribution with their median and 90th percentile.

    A few outliers, which are stalls, do not count: the median and the 90th percentile do not feel them.
    """
    median, high = percentile(milliseconds, 0.5), percentile(milliseconds, 0.9)
    sigma = math.log(high / median) / _NORMAL_90
    return median * math.exp(sigma**2 / 2), max(0.01, math.sqrt(math.expm1(sigma**2)))


def tail(level: Level, slo_milliseconds: int) -> Tail:
    """The tail of one level. The rate is the one that was really offered."""
    requests, seconds = level.driven.requests, level.driven.seconds
    limits = [share * slo_milliseconds for share in LIMITS]
    later = {limit: sum(is_slow(one, limit) for one in requests) / len(requests) for limit in limits}
    return Tail(len(requests) / seconds, seconds, len(requests), later)


def distance(parameters: Mapping[str, float | int], tails: Sequence[Tail]) -> float:
    """How far the model is from what was measured, over all levels and limits: differences of the shares' square roots,
    which have about the same error whatever the share is. Not their squares: a level that somebody disturbed would then
    decide."""
    model = model_with(dict(parameters))
    return math.fsum(
        abs(math.sqrt(share) - math.sqrt(predicted(model, one, limit)))
        for one in tails
        for limit, share in one.later.items()
    )


def predicted(model: TierModel, one: Tail, limit: float) -> float:
    """The share of searches later than the limit (ms) that the model expects of a level that begins without a queue.

    What the simulation's `pass_time` says, without its tables: a fit asks for each of them only once.
    """
    service = model.search_seconds(0.0)
    speed, bearable = model.cores_per_copy / service, max(0.0, limit / 1000 - service)
    queue, grows = model.queue(service), one.rate / speed - 1
    if grows < 0:
        return queue.slower_share(limit / 1000 / service, min(HIGHEST, one.rate / speed))
    borne = one.seconds if grows == 0 else min(one.seconds, bearable / grows)
    return 1 - borne / one.seconds * (1 - queue.slower_share(limit / 1000 / service, HIGHEST))


def lowest(function: Callable[[Point], float], first: Point, steps: Point) -> Point:
    """Where a function is lowest near a point: along one coordinate after the other, in steps that are halved when none
    of them leads further down (Hooke and Jeeves' exploration)."""
    best, value, share = first, function(first), 1.0
    while share > _SMALLEST:
        moved = False
        for i, step in enumerate(steps):
            for sign in (1, -1):
                tried = tuple(x + sign * share * step if i == j else x for j, x in enumerate(best))
                if (found := function(tried)) < value:
                    best, value, moved = tried, found, True
                    break
        share = share if moved else share / 2
    return best


def _named(point: Point) -> Parameters:
    """Logarithms as parameters, within what makes sense and as exact as a file should say."""
    milliseconds, stalls = (math.exp(one) for one in point)
    return {
        "searchMilliseconds": float(f"{milliseconds:.4g}"),
        "stallsPerSecond": float(f"{_within(stalls, _STALLS_BETWEEN):.4g}"),
    }


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(bounds[1], max(bounds[0], value))
