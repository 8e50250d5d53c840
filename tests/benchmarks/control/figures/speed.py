"""How long it takes to simulate our policy."""

from tests.benchmarks.control.figures.figure import Measured
from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.policies import OURS
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.settings import BASE


def fortnight_seconds(results: Results) -> Measured | None:
    """Seconds of CPU of the whole command, reading the load and the optimum included: what else runs does not count."""
    seconds = results.cpu_seconds.get(Run("two-weeks", BASE, OURS))
    return None if seconds is None else Measured(seconds, "one run, CPU time")
