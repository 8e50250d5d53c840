"""How searches come: what was, how it goes on, and how far off such forecasts have been.

The forecast is the latest rate with the growth of the last minutes, damped: trends that go on for ever forecast worse
than ones that wear off (Gardner and McKenzie, 1985). Where days are alike, what is usual at this time of day takes the
place of the trend (`days.py`). Its errors are kept, in units of how restless the demand was when
the forecast was made. So a tier that turns restless gets more headroom at once, and one whose forecasts are good gets
by with little: no percentage of headroom has to be chosen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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
TURN_MEMORY = 0.95
"""How much of the record is left when demand has turned back at the height of the highest of the rates kept: that it
does so once is no pattern, that it does so again and again is."""
_PEAK, _TURNED = 0.95, 0.8
"""Of the highest rate: what counts as having reached it, and as having turned back."""
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
    errors, days = known.errors, known.days
    record = known.record * RECORD_MEMORY * (TURN_MEMORY if _turns_back(known.rates, rate) else 1.0)
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


@dataclass(frozen=True)
class Outlook:
    """How demand goes on from the last interval, which ended `at` Unix seconds. Horizons are in intervals, rates in
    searches per second."""

    demand: Demand
    at: float

    def rate(self, horizon: int) -> float:
        """The forecast: by the time of day where that has been better lately, otherwise by the trend."""
        last, days = self.demand.rates[-1] if self.demand.rates else 0.0, self.demand.days
        if last <= 0:
            return 0.0
        usual = usual_growth(days, self.at, horizon * INTERVAL_SECONDS) if is_better(days) else None
        return last * (usual if usual is not None else _growth(self._slope, horizon))

    def rate_at_most(self, horizon: int, share: float) -> float:
        """What, with the probability `share` (0..1), is not exceeded then.

        It is bounded by the highest of the rates kept and by how far that has been exceeded before: what has turned
        back at the same height again and again is likely to do so once more.
        """
        if not self.demand.rates:
            return 0.0
        error = _quantile(self._errors, share) * _unit(self.demand.roughness, horizon)
        bound = max(self.demand.rates) * math.exp(self.demand.record + RECORD_MARGIN)
        return min(bound, self.rate(horizon) * math.exp(min(_MOST, error)))

    @cached_property
    def _slope(self) -> float:
        return _slope(self.demand.rates)

    @cached_property
    def _errors(self) -> list[float]:
        return sorted((*self.demand.errors, *ASSUMED))


def _by_both(rates: Sequence[float], days: Days, horizon: int, at: float) -> tuple[float | None, float]:
    """What the time of day says, None where no day has shown it, and what the trend says."""
    usual = usual_growth(days, at, horizon * INTERVAL_SECONDS)
    return None if usual is None else rates[-1] * usual, rates[-1] * _growth(_slope(rates), horizon)


def _growth(slope: float, horizon: int) -> float:
    """The factor by which a trend changes the rate, damped."""
    return math.exp(min(_MOST, slope * DAMPING * (1 - DAMPING**horizon) / (1 - DAMPING)))


def _better(days: Days, usual: float | None, trend: float) -> float:
    return usual if usual is not None and is_better(days) else trend


def _turns_back(rates: Sequence[float], rate: float) -> bool:
    """Whether demand falls now from where it has been highest of late."""
    if not rates:
        return False
    highest = max(rates)
    return rate < _TURNED * highest <= rates[-1] and max(rates[-TREND_INTERVALS:]) >= _PEAK * highest


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


def _slope(rates: Sequence[float]) -> float:
    """Of the straight line through the logarithms of the latest rates by least squares, per interval."""
    values = [math.log(max(rate, rates[-1] / 100)) for rate in rates[-TREND_INTERVALS:]]
    count = len(values)
    if count < 3:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    slope = sum((i - middle) * (v - mean) for i, v in enumerate(values)) / (count * (count**2 - 1) / 12)
    most = STEADINESS * median(abs(b - a) for a, b in pairwise(values))
    return max(-most, min(most, slope)) * (count - 1) / (TREND_INTERVALS - 1)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    if below + 1 == len(ordered):
        return ordered[-1]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
