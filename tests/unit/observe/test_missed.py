"""The time for which the promise has been missed without a break."""

from __future__ import annotations

import pytest

from vectortier.clients.prometheus import Answer, Series
from vectortier.model.value import Unknown
from vectortier.observe.missed import missed_seconds, missed_window

NAN = float("nan")


def history(*fractions: float | None) -> Answer:
    """Points every 10 s up to 1000 s; None leaves one out."""
    first = 1000.0 - 10.0 * (len(fractions) - 1)
    points = tuple((first + 10.0 * i, value) for i, value in enumerate(fractions) if value is not None)
    return Answer(series=(Series(labels={}, points=points),) if points else ())


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (history(), 0.0),
        (history(0.0, 0.0), 0.0),
        (history(0.01, 0.01), 0.0),
        (history(0.02), 0.0),
        (history(0.0, 0.02, 0.02), 10.0),
        (history(0.02, 0.02, 0.02), 20.0),
        (history(0.02, 0.0, 0.02, 0.02), 10.0),
        (history(0.02, NAN, 0.02, 0.02), 10.0),
        (history(0.02, None, 0.02, 0.02), 10.0),
        (history(0.02, 0.02, 0.0), 0.0),
        (history(0.02, 0.02, NAN), 0.0),
        (history(0.02, 0.02, None), 0.0),
        (Answer(series=()), 0.0),
    ],
)
def test_the_stretch_ends_where_something_is_good_or_not_known(found: Answer, seconds: float) -> None:
    assert missed_seconds(found, 1000.0, 10.0, 0.01) == seconds


def test_a_history_that_is_not_known_gives_no_time() -> None:
    unknown = Unknown(reason="MetricsUnavailable", message="down")

    assert missed_seconds(unknown, 1000.0, 10.0, 0.01) is unknown


@pytest.mark.parametrize("stabilization", [0, 1, 60, 61, 600, 3600])
def test_the_history_is_long_enough_and_ends_on_a_step(stabilization: int) -> None:
    seconds, step = missed_window(stabilization)

    assert seconds >= stabilization + step
    assert seconds / step == pytest.approx(round(seconds / step))
    assert seconds / step <= 202
