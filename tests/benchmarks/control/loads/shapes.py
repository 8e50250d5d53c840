"""The shapes of the generated loads: the share of the peak (0..1) that is asked for so many seconds after the start.

Lengths and heights are chosen, not measured: each shape is one thing that a policy can do wrong, long enough to see it
do so, with quiet before and after. The peak is 12 copies, so a half is 6.
"""

import math
from collections.abc import Sequence

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800

SPIKE_SECONDS = 180
RISE_SECONDS, STAY_SECONDS, DECAY_SECONDS = 5 * MINUTE, 20 * MINUTE, 30 * MINUTE
NIGHT = 0.25
WEEKEND = 0.6
IMPORTED_PER_SECOND = 600.0


def step(second: float) -> float:
    """Twice as much from one second to the next, for two hours: a new client. 4 hours."""
    return 1.0 if HOUR <= second < 3 * HOUR else 0.5


def spike(second: float) -> float:
    """Three times as much for three minutes, about as long as a copy takes: over before anything helps. 4 hours."""
    return 1.0 if 2 * HOUR <= second < 2 * HOUR + SPIKE_SECONDS else 1 / 3


def ramp(second: float) -> float:
    """From a quarter to all in two hours, an hour there, and back in two hours. 5 hours."""
    return 0.25 + 0.75 * max(0.0, min(1.0, second / (2 * HOUR), (5 * HOUR - second) / (2 * HOUR)))


def sawtooth(second: float, period: float) -> float:
    """Rises from a half to all in each period, in seconds, and falls at once. 2 hours.

    With the time that a copy takes as period: who follows it gets each copy when it is no longer needed.
    """
    return 0.5 + 0.5 * (second % period) / period


def flash_crowd(second: float) -> float:
    """Four times as much within five minutes, for twenty; then it goes, a half in every 21 minutes. 4 hours."""
    since = second - HOUR
    if since < 0:
        return 0.25
    if since < RISE_SECONDS + STAY_SECONDS:
        return 0.25 + 0.75 * min(1.0, since / RISE_SECONDS)
    return 0.25 + 0.75 * math.exp(-(since - RISE_SECONDS - STAY_SECONDS) / DECAY_SECONDS)


def slow_leak(second: float) -> float:
    """From a half to all in a day, 0.03 % a minute: no window that a policy looks at shows it. A day.

    It is demand that leaks here; capacity does in the settings in which service times drift.
    """
    return 0.5 + 0.5 * min(1.0, second / DAY)


def steady(second: float) -> float:
    """The peak, always: the searches during a batch import, 4 hours."""
    del second  # the same at any time
    return 1.0


def imported(second: float) -> float:
    """Writes per second of a batch import: 600 for an hour and a half, from the first hour on, reached in a minute.

    With the model's 7.5 ms for a write they take 4.5 of each copy's 16 cores.
    """
    return IMPORTED_PER_SECOND * max(0.0, min(1.0, (second - HOUR) / MINUTE, (2.5 * HOUR - second) / MINUTE))


def two_weeks(second: float, days: Sequence[float]) -> float:
    """A daily wave between a quarter at night and what each day reaches, as a share of the peak. 14 days.

    It starts on a Monday at the quietest hour.
    """
    wave = (1 - math.cos(2 * math.pi * second / DAY)) / 2
    return NIGHT + (days[int(second // DAY)] - NIGHT) * wave


def is_weekend(day: int) -> bool:
    """Whether the day (0 is a Monday) is a Saturday or a Sunday."""
    return day % 7 >= 5
