"""How every benchmark reports: a table for people, a file for machines."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]

Row = Mapping[str, str | int | float | bool | None]


def percentile(values: Sequence[float], fraction: float) -> float:
    """The smallest value that at least `fraction` (0..1) of the values do not exceed (nearest rank).

    Raises ValueError when there are no values.
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(fraction * 10_000) // 10_000))
    return ordered[rank - 1]


def machine() -> dict[str, str | int]:
    """The machine that the figures are from: cores, memory in bytes, kernel."""
    return {
        "cores": os.cpu_count() or 0,
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
    }


def commit() -> str:
    """The commit that is measured, with '-dirty' when the tree differs from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"


def publish(name: str, rows: Sequence[Row], summary: Row) -> Path:
    """Print the rows and the summary, and write build/bench/NAME.json. Returns the file."""
    table = Table(title=f"bench-{name}")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    console = Console()
    console.print(table)
    for key, value in summary.items():
        console.print(f"{key}: {_cell(value)}")
    path = ROOT / "build" / "bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "command": f"make bench-{name}",
        "commit": commit(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "rows": [dict(row) for row in rows],
        "summary": dict(summary),
    }
    path.write_text(json.dumps(report, indent=2) + "\n")
    console.print(f"Written to {path.relative_to(ROOT)}")
    return path


def _cell(value: str | int | float | bool | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
