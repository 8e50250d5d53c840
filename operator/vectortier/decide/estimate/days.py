"""What time of day it is says how demand goes on, where days are alike.

The usual rate of each quarter of an hour is remembered. A forecast by it is the latest rate times what the usual one
changes by in the time. It is used while its latest errors are smaller than those of the trend, so that a tier without
a daily pattern is never forecast by one.
"""

import math

from vectortier.model.learned import Days

QUARTER_SECONDS = 900.0
QUARTERS = 96
_NEW = 0.5
"""How much of what is usual is today's."""
_JUDGED_OVER = 5760
"""Intervals of a day: what is quiet at night says little of the morning."""
LEAST_JUDGED = 960
"""Four hours."""
_MOST = 2.0


def learn_day(known: Days, rate: float, at: float) -> Days:
    """After one more interval that ended `at` Unix seconds with that rate of searches per second."""
    quarter = int(at // QUARTER_SECONDS)
    if quarter == known.quarter:
        count = known.count + 1
        return known.model_copy(update={"mean": known.mean + (rate - known.mean) / count, "count": count})
    return known.model_copy(update={"rates": _with_the_last(known), "quarter": quarter, "mean": rate, "count": 1})


def judge_forecasts(known: Days, usual: float | None, trend: float, rate: float) -> Days:
    """After a rate that was forecast by what is usual and by the trend, with what came of it (all above 0)."""
    if usual is None:
        return known
    return known.model_copy(
        update={
            "error": _mean(known.error, usual, rate, known.judged),
            "error_of_trend": _mean(known.error_of_trend, trend, rate, known.judged),
            "judged": min(known.judged + 1, _JUDGED_OVER),
        }
    )


def usual_growth(days: Days, at: float, seconds: float) -> float | None:
    """By which factor the usual rate changes from `at` on, within so many seconds; None where no day has shown it."""
    before, after = _usual(days, at), _usual(days, at + seconds)
    return None if before is None or after is None else after / before


def is_better(days: Days) -> bool:
    """Whether the time of day has lately said more than the trend."""
    return days.judged >= LEAST_JUDGED and days.error < days.error_of_trend


def _with_the_last(known: Days) -> tuple[float, ...]:
    if known.quarter < 0:
        return known.rates
    rates = list(known.rates or (-1.0,) * QUARTERS)
    place = known.quarter % QUARTERS
    usual = rates[place]
    rates[place] = round(known.mean if usual < 0 else usual + _NEW * (known.mean - usual), 4)
    return tuple(rates)


def _usual(days: Days, at: float) -> float | None:
    """Between the middles of two quarters, on the line that joins them."""
    if not days.rates:
        return None
    place = at / QUARTER_SECONDS - 0.5
    first = math.floor(place)
    one, other = days.rates[first % QUARTERS], days.rates[(first + 1) % QUARTERS]
    return one + (place - first) * (other - one) if one > 0 and other > 0 else None


def _mean(known: float, said: float, came: float, count: int) -> float:
    wrong = min(_MOST, abs(math.log(came / said)))
    return round(known + (wrong - known) / (min(count, _JUDGED_OVER - 1) + 1), 6)
