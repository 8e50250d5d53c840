"""The table of faults and outcomes."""

from __future__ import annotations

from rich.table import Table

from tests.benchmarks.result import console
from tests.chaos.campaign import Campaigns, totals

_COLUMNS = ("runs", "converged", "lost", "changed", "silent_partial", "broken", "failed_searches", "searches")


def show(campaigns: Campaigns) -> None:
    """Print a row for each fault, of all campaigns, and what was done at how many moments."""
    table = Table(title="chaos")
    table.add_column("fault")
    for column in _COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for name, row in campaigns.by_fault().items():
        table.add_row(name, *(str(row[column]) for column in _COLUMNS))
    table.add_section()
    table.add_row("all", *(str(totals(campaigns.runs)[column]) for column in _COLUMNS))
    console().print(table)
    for direction, moments in campaigns.coverage.items():
        console().print(f"{direction}: operators died or stood still at {len(moments)} moments")
    for entry in campaigns.log:
        if entry["missed"]:
            console().print(f"not counted: {entry['operation']}: {entry['fault']}: {entry['missed']}")
