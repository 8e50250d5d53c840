"""For how long the promise has been missed without a break, from the history of the short window. Pure."""

from vectortier.clients.prometheus import Answer
from vectortier.model.value import Unknown

_LEAST_STEP_SECONDS = 5.0
_MOST_POINTS = 200


def missed_window(stabilization_seconds: int) -> tuple[float, float]:
    """How far to look back and in which steps, in seconds: a little farther than is needed to say 'long enough'."""
    seconds = stabilization_seconds + 60.0
    step = max(_LEAST_STEP_SECONDS, seconds / _MOST_POINTS)
    return -(-seconds // step) * step, step


def missed_seconds(history: Answer | Unknown, now: float, step: float, budget: float) -> float | Unknown:
    """How long, up to now, every point has been over the budget (a share, 0..1), in seconds.

    A point that is missing or NaN (no search counted) ends the stretch: what is not known is not held against the
    tier. At most as long as the history that was asked for; one point alone is 0 s.
    """
    if isinstance(history, Unknown):
        return history
    since, expected = now, now
    for time, fraction in reversed(history.series[0].points if history.series else ()):
        if expected - time > step / 2 or not fraction > budget:
            break
        since, expected = time, time - step
    return now - since
