"""How every benchmark reports: a table for people, a file for machines."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.demo.machine import CHECKOUT as ROOT
from tests.demo.machine import about

_WIDTH = 200
"""Columns where nobody says how many there are: a narrow table cuts the names of its columns off."""

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


def publish(name: str, rows: Sequence[Row], summary: Row) -> Path:
    """Print the rows and the summary, and write build/bench/NAME.json. Returns the file."""
    table = Table(title=f"bench-{name}")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    console().print(table)
    for key, value in summary.items():
        console().print(f"{key}: {_cell(value)}")
    return write(name, rows, summary)


def console() -> Console:
    """Where tables go: as wide as the terminal, and wide enough where there is none."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDTH)


def write(name: str, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> Path:
    """Write build/bench/NAME.json, a line for each row, and say so. Returns the file."""
    path = ROOT / "build" / "bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = {**about(f"make bench-{name}"), "rows": [dict(row) for row in rows], "summary": dict(summary)}
    path.write_text("{\n" + ",\n".join(f'"{key}": {_lines(value)}' for key, value in parts.items()) + "\n}\n")
    console().print(f"Written to {path.relative_to(ROOT)}")
    return path


def _lines(value: Any) -> str:
    if not isinstance(value, list):
        return json.dumps(value, indent=2)
    return "[\n" + ",\n".join(json.dumps(one) for one in value) + "\n]"


def _cell(value: str | int | float | bool | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
