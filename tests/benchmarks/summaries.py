"""What the rows of a benchmark come to. Pure: a figure that was not measured never counts as a good one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.benchmarks.result import Row, percentile

GOAL_SECONDS = 90.0
GOAL_MILLISECONDS = 1000.0


def coldstart_summary(rows: list[Row]) -> Row:
    found: dict[str, str | int | float | bool | None] = {"goal_seconds": GOAL_SECONDS}
    for voters in sorted({row["voters"] for row in rows}, key=str):
        of = [row["seconds"] for row in rows if row["voters"] == voters]
        known = [float(seconds) for seconds in of if seconds is not None]
        name = f"voters_{voters}"
        found[f"{name}_starts"] = len(of)
        found[f"{name}_within_goal"] = sum(seconds <= GOAL_SECONDS for seconds in known)
        for figure, what in (("min", min), ("median", statistics.median), ("max", max)):
            # A start that was given up has no time, so the longest is not known.
            unknown = not known or (figure == "max" and len(known) < len(of))
            found[f"{name}_{figure}_seconds"] = None if unknown else round(what(known), 2)
    found["goal_met"] = all(row["seconds"] is not None and float(row["seconds"]) <= GOAL_SECONDS for row in rows)
    return found


def reconcile_summary(rows: list[Row]) -> Row:
    """Whether every change arrived in time, and what an idle tier and a restart wrote."""
    late = [row for row in rows if "changes" in row]
    counted = [row for row in rows if "writes_by_operator" in row]
    kinds = ("writes_by_operator", "objects_changed", "writes_at_api_server")
    return {
        "goal_p99_ms": GOAL_MILLISECONDS,
        "p99_met": all(not row["not_applied"] and float(row["p99_ms"] or 0) <= GOAL_MILLISECONDS for row in late),
        **{kind: sum(int(row[kind] or 0) for row in counted) for kind in kinds},
        "left_out": "the Lease of the operator's leader",
        "others": "the API server counts everybody's writes, such as Kubernetes' events about the operator's new pod",
    }


def medians(rows: Sequence[Row], figure: str, unit: str) -> dict[str, str | float]:
    """For each setting, way and phase the median of a figure over its repetitions, and the range."""
    summary: dict[str, str | float] = {}
    for key in dict.fromkeys((row["setting"], row["way"], row["phase"]) for row in rows):
        found = [row[figure] for row in rows if (row["setting"], row["way"], row["phase"]) == key]
        known = [float(value) for value in found if value is not None]
        if known:
            median = percentile(known, 0.5)
            summary[" ".join(map(str, key))] = f"{median:.0f} {unit} ({min(known):.0f} to {max(known):.0f})"
    return summary
