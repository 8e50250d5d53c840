"""How far our policy is from the optimum, and what its copies cost searches while they are made."""

from collections.abc import Callable

from tests.benchmarks.control.figures.figure import Measured, averaged, loads, times, worst
from tests.benchmarks.control.policies import OURS
from tests.benchmarks.control.results import Results, times_optimum
from tests.benchmarks.control.settings import BASE


def replica_hours(*, smooth: bool) -> Callable[[Results], Measured | None]:
    """As a multiple of the optimum's, over the smooth loads or over the others."""

    def answer(results: Results) -> Measured | None:
        ours = results.of(BASE, OURS, smooth=smooth)
        return averaged({load: times_optimum(figures) for load, figures in ours.items()}) if ours else None

    return answer


def violating_intervals(*, smooth: bool) -> Callable[[Results], Measured | None]:
    """In per cent, on each of the smooth loads or of the others."""

    def answer(results: Results) -> Measured | None:
        ours = results.of(BASE, OURS, smooth=smooth)
        violated = {load: float(figures["violating_intervals_percent"]) for load, figures in ours.items()}
        return worst(violated, len(violated)) if violated else None

    return answer


def slow_while_copying(results: Results) -> Measured | None:
    """Of the intervals with a copy in the making, those with a p99 of more than 1.15 times the promise, in per cent.

    None when nothing was copied: that is no proof of how to copy.
    """
    ours = results.of(BASE, OURS).values()
    copying = sum(figures["copying_intervals"] for figures in ours)
    if not copying:
        return None
    over = sum(figures["copying_intervals"] * figures["copying_intervals_over_limit_percent"] for figures in ours)
    return Measured(times(over, copying), f"{copying} copy intervals on {loads(len(ours))}")


def reversals(results: Results) -> Measured | None:
    """How often a change of the number of nodes undid one at most ten minutes before."""
    ours = results.of(BASE, OURS)
    if not ours:
        return None
    return Measured(sum(figures["reversals"] for figures in ours.values()), f"sum of {loads(len(ours))}")
