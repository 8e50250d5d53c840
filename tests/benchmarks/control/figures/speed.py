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
    """At most that: what two weeks took with our policy more than with the quickest other one, shared out among the
    intervals, in each of which it looks at least once. To read the load and to simulate the tier is the same in both;
    to make our policy's observations and to carry out its decisions is in it."""
    seconds, figures = results.cpu_seconds.get(_FORTNIGHT), results.figures.get(_FORTNIGHT)
    others = [took for run, took in results.cpu_seconds.items() if run.load == _FORTNIGHT.load and run.policy != OURS]
    if seconds is None or figures is None or not others:
        return None
    intervals = figures["intervals"]
    text = f"{intervals} intervals, CPU time, less the quickest other policy's"
    return Measured(1000 * (seconds - min(others)) / intervals, text)
