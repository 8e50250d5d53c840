"""A tier of lines: two nodes that keep a promise of 100 ms, and changes to that."""

from typing import Any

from vectortier.stream.line import Line

NOW = 1_730_000_000.0


def told(**changes: Any) -> dict[str, Any]:
    """One line as it is written: 100 searches a second, none of them bad. How busy nodes are is not told."""
    nodes = changes.get("nodes", 2)
    quiet = {
        "now": NOW,
        "window_seconds": 15,
        "requests": 1500,
        "bad": 0,
        "p50_ms": 20.0,
        "p99_ms": 60.0,
        "qps": 100.0,
        "writes_per_second": 0.0,
        "cpu_utilisation": None,
        "memory_utilisation": [0.5] * nodes,
        "disk_utilisation": [0.3] * nodes,
        "nodes": nodes,
        "serving": nodes,
        "copies": nodes,
        "copying": 0,
        "copy_seconds": 60.0,
        "bytes_per_copy": 30_000_000,
        "missing": False,
    }
    return {**quiet, **changes}


def line(number: int = 0, **changes: Any) -> Line:
    """The line of an interval of 15 s, counted from 0."""
    return Line.model_validate(told(**{"now": NOW + 15 * number, **changes}))
