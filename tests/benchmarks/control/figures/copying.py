"""What searches see of the copies that are made meanwhile. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.benchmarks.control.figures.figure import Measured, loads, times
from tests.benchmarks.control.policies import OURS
from tests.benchmarks.control.results import Figures, Results
from tests.benchmarks.control.settings import BASE


@dataclass(frozen=True)
class WhileCopying:
    """Intervals with a copy in the making, of all loads; per cent of them."""

    intervals: int
    over: float
    """With a p99 of more than 1.15 times the promise."""
    over_by_copying: float
    """Of those, the ones that are over only because copies take something from searches."""


def while_copying(runs: Iterable[Figures]) -> WhileCopying | None:
    """The runs together. None when nothing was copied: that is no proof of how to copy."""
    counted = [
        (
            run["copying_intervals"],
            run["copying_intervals_over_limit_percent"],
            run["copying_intervals_over_by_copying_percent"],
        )
        for run in runs
    ]
    intervals = sum(count for count, _, _ in counted)
    if not intervals:
        return None
    over, by_copying = (times(sum(one[0] * one[column] for one in counted), intervals) for column in (1, 2))
    return WhileCopying(intervals, over, by_copying)


def over_limit(results: Results) -> Measured | None:
    """Of the intervals with a copy in the making, those with a p99 of more than 1.15 times the promise, in per cent."""
    ours = results.of(BASE, OURS)
    found = while_copying(ours.values())
    if found is None:
        return None
    intervals = f"{found.intervals} copy intervals on {loads(len(ours))}"
    return Measured(found.over, f"{intervals}; {found.over_by_copying:.3g} % by the copying itself")
