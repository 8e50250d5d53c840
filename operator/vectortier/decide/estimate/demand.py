"""How searches come: what was, how it goes on, and how far off such forecasts have been.

The forecast is the latest rate with the growth of the last minutes, damped: trends that go on for ever forecast worse
than ones that wear off (Gardner and McKenzie, 1985). Where days are alike, what is usual at this time of day takes the
place of the trend (`days.py`). Its errors are kept, in units of how restless the demand was when
the forecast was made. So a tier that turns restless gets more headroom at once, and one whose forecasts are good gets
by with little: no percentage of headroom has to be chosen.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist, median

from vectortier.decide.estimate.days import is_better, judge_forecasts, learn_day, usual_growth
from vectortier.model.learned import Days, Demand

INTERVAL_SECONDS = 15.0
"""One interval: what usual scrapes are apart."""
KEPT_RATES, KEPT_ERRORS = 64, 240
"""Sixteen minutes of rates, an hour of errors."""
TREND_INTERVALS = 12
DAMPING = 0.95
"""How much of a trend is left in the next interval."""
STEADINESS = 1.5
"""A trend is at most this many times what usually changes between two intervals: one jump is no trend."""
LONGEST_HORIZON = KEPT_RATES - TREND_INTERVALS
ROUGHNESS_MEMORY = 0.8
RECORD_MEMORY, RECORD_MARGIN = 0.997, 0.1
_LEAST_ROUGHNESS = 0.002
_LEAST_RATE = 1e-3
"""Fewer searches per second are none: one in a quarter of an hour."""
_MOST = 2.0
"""Of any logarithm of growth: nothing is forecast to come seven times as fast."""
_ASSUMED_ERRORS = 20
_ASSUMED_SPREAD = 1.3
ASSUMED = tuple(
    _ASSUMED_SPREAD * NormalDist().inv_cdf(0.5 + (i + 0.5) / (2 * _ASSUMED_ERRORS)) for i in range(_ASSUMED_ERRORS)
)
"""Errors that stand beside the tier's own, and for them while there are none: the unsafe half of a normal
distribution."""


def learn_demand(known: Demand, rate: float, horizon: int, at: float) -> Demand:
    """After one more interval, which ended `at` Unix seconds, with that rate of searches per second. `horizon`: for how
    many intervals ahead the forecasts are made whose errors are learned."""
    rate = rate if rate >= _LEAST_RATE else 0.0
    errors, record, days = known.errors, RECORD_MEMORY * known.record, known.days
    before = known.rates[: len(known.rates) + 1 - horizon]
    if len(before) >= TREND_INTERVALS and rate > 0 and before[-1] > 0:
        usual, trend = _by_both(before, days, horizon, at - horizon * INTERVAL_SECONDS)
        error = math.log(rate / _better(days, usual, trend)) / _unit(known.roughness, horizon)
        errors = (*errors[-(KEPT_ERRORS - 1) :], round(error, 4))
        record = max(record, math.log(rate / max(before)))
        days = judge_forecasts(days, usual, trend, rate)
    return Demand(
        rates=(*known.rates[-(KEPT_RATES - 1) :], rate),
        roughness=_roughness(known, rate),
        errors=errors,
        days=learn_day(days, rate, at),
        record=round(record, 6),
    )


def forecast(demand: Demand, horizon: int, at: float) -> float:
    """The rate so many intervals after the last one, which ended `at`, in searches per second. By the time of day where
    that has been better lately, otherwise by the trend."""
    if not demand.rates or demand.rates[-1] <= 0:
        return 0.0
    return _better(demand.days, *_by_both(demand.rates, demand.days, horizon, at))


def expected_rate(demand: Demand, horizon: int, share: float, at: float) -> float:
    """The rate that, with the probability `share` (0..1), is not exceeded so many intervals after `at`.

    It is bounded by the highest of the rates kept and by how far that has been exceeded before: what has turned back at
    the same height again and again is likely to do so once more.
    """
    if not demand.rates:
        return 0.0
    error = _quantile((*demand.errors, *ASSUMED), share) * _unit(demand.roughness, horizon)
    bound = max(demand.rates) * math.exp(demand.record + RECORD_MARGIN)
    return min(bound, forecast(demand, horizon, at) * math.exp(min(_MOST, error)))


def _by_both(rates: Sequence[float], days: Days, horizon: int, at: float) -> tuple[float | None, float]:
    """What the time of day says, None where no day has shown it, and what the trend says."""
    last = rates[-1]
    usual = usual_growth(days, at, horizon * INTERVAL_SECONDS)
    damped = DAMPING * (1 - DAMPING**horizon) / (1 - DAMPING)
    growth = _slope([math.log(max(rate, last / 100)) for rate in rates[-TREND_INTERVALS:]])
    return None if usual is None else last * usual, last * math.exp(min(_MOST, growth * damped))


def _better(days: Days, usual: float | None, trend: float) -> float:
    return usual if usual is not None and is_better(days) else trend


def _roughness(known: Demand, rate: float) -> float:
    if not known.rates or known.rates[-1] <= 0 or rate <= 0:
        return known.roughness
    change = abs(math.log(rate / known.rates[-1]))
    if known.roughness == 0:
        return round(change, 6)
    return round(ROUGHNESS_MEMORY * known.roughness + (1 - ROUGHNESS_MEMORY) * change, 6)


def _unit(roughness: float, horizon: int) -> float:
    """What the logarithm of an error is measured in: the spread of a random walk grows with the root of the time."""
    return max(roughness, _LEAST_ROUGHNESS) * math.sqrt(horizon)


def _slope(values: Sequence[float]) -> float:
    """Of the straight line through the values by least squares, per interval."""
    count = len(values)
    if count < 3:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    slope = sum((i - middle) * (v - mean) for i, v in enumerate(values)) / (count * (count**2 - 1) / 12)
    most = STEADINESS * median(abs(b - a) for a, b in pairwise(values))
    return max(-most, min(most, slope))


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    if below + 1 == len(ordered):
        return ordered[-1]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
