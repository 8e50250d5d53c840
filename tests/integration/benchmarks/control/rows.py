"""Results to ask questions of: what a run printed, as far as the questions look at it."""

from typing import Any

from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.results import Figures, Results


def figures(violating: float = 0.0, hours: float = 10.0, **changes: Any) -> Figures:
    """An hour with 10 replica-hours, which is the optimum's cost too."""
    return {
        "intervals": 240,
        "violating_intervals_percent": violating,
        "replica_hours": hours,
        "oracle_replica_hours": 10.0,
        "shard_copies": 0,
        "reversals": 0,
        "copying_intervals": 0,
        "copying_intervals_over_limit_percent": 0.0,
        "copying_intervals_over_by_copying_percent": 0.0,
        "decisions": [],
        **changes,
    }


def results(found: dict[tuple[str, str], Figures], setting: str = "base") -> Results:
    """Figures by load and policy, all at one setting."""
    return Results({Run(load, setting, policy): one for (load, policy), one in found.items()})


def joined(*parts: Results) -> Results:
    """All of them together."""
    return Results({run: one for part in parts for run, one in part.figures.items()})
