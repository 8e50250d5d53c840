"""How far our policy is from the optimum."""

from collections.abc import Callable

from tests.benchmarks.control.figures.figure import Measured, averaged, loads, worst
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


def reversals(results: Results) -> Measured | None:
    """How often a change of the number of nodes undid one at most ten minutes before."""
    ours = results.of(BASE, OURS)
    if not ours:
        return None
    return Measured(sum(figures["reversals"] for figures in ours.values()), f"sum of {loads(len(ours))}")
