"""Against an HPA whose target is the promised p99, on every load on which it breaks the promise at all."""

from tests.benchmarks.control.figures.figure import Measured, times, worst
from tests.benchmarks.control.policies import HPA, OURS
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.settings import BASE


def violating_intervals(results: Results) -> Measured | None:
    """As a multiple of the HPA's."""
    return _worst(results, "violating_intervals_percent")


def replica_hours(results: Results) -> Measured | None:
    """As a multiple of the HPA's."""
    return _worst(results, "replica_hours")


def shard_copies(results: Results) -> Measured | None:
    """As a multiple of the HPA's."""
    return _worst(results, "shard_copies")


def _worst(results: Results, figure: str) -> Measured | None:
    ours, hpa = results.of(BASE, OURS), results.of(BASE, HPA)
    both = [load for load in ours if load in hpa]
    violated = [load for load in both if hpa[load]["violating_intervals_percent"] > 0]
    if not violated:
        return None
    return worst({load: times(ours[load][figure], hpa[load][figure]) for load in violated}, len(both))
