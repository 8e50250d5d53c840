"""How long our policy takes, by itself and through two weeks. Pure."""

from tests.benchmarks.control.figures.figure import Measured
from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.policies import OURS
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.settings import BASE

_FORTNIGHT = Run("two-weeks", BASE, OURS)


def fortnight_seconds(results: Results) -> Measured | None:
    """Seconds of CPU of the whole command, reading the load and the optimum included: what else runs does not count."""
    seconds = results.cpu_seconds.get(_FORTNIGHT)
    return None if seconds is None else Measured(seconds, "one run, CPU time")


def look_milliseconds(results: Results) -> Measured | None:
    """At most that: all of the two weeks' CPU time, shared out among the intervals, in each of which it looks at least
    once. What it takes to simulate the tier, and to make observations of it, is in it too."""
    seconds, figures = results.cpu_seconds.get(_FORTNIGHT), results.figures.get(_FORTNIGHT)
    if seconds is None or figures is None:
        return None
    intervals = figures["intervals"]
    return Measured(1000 * seconds / intervals, f"CPU time of {intervals} intervals, the simulation included")
