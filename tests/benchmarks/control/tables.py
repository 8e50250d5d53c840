"""The results for people: for each setting one table of the smooth loads and one of the others, then the figures."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.control.loads.catalogue import LOADS
from tests.benchmarks.control.policies import POLICIES
from tests.benchmarks.control.results import Figures, Results, times_optimum
from tests.benchmarks.control.settings import SETTINGS

LEGEND = "Each cell: violating intervals in % | replica-hours as a multiple of the optimum's | copies of shards"


def result_tables(results: Results) -> list[Table]:
    """Those of which there is anything."""
    return [
        table
        for setting in SETTINGS
        for smooth in (True, False)
        if (table := _table(results, setting, smooth=smooth)) is not None
    ]


def _table(results: Results, setting: str, *, smooth: bool) -> Table | None:
    by_policy = {policy: results.of(setting, policy, smooth=smooth) for policy in POLICIES}
    loads = [load for load in LOADS if any(load in by_load for by_load in by_policy.values())]
    if not loads:
        return None
    kind = "smooth" if smooth else "bursty"
    table = Table()
    # Not a title, which would be as narrow as a table of few loads.
    table.add_column(f"{setting}, {kind} loads")
    for load in loads:
        table.add_column(load, justify="right", no_wrap=True)
    for policy, by_load in by_policy.items():
        if by_load:
            table.add_row(policy, *(cell(by_load.get(load)) for load in loads))
    return table


def figures_table(summary: Mapping[str, Any]) -> Table:
    """Each figure with its goal, and whether it is met."""
    table = Table()
    for column in ("figure to reach", "at most", "measured", "met", "from"):
        table.add_column(column, justify="right" if column in ("at most", "measured") else "left")
    for figure in summary["figures"].values():
        table.add_row(
            figure["what"],
            f"{figure['goal']:.3g}",
            "infinite" if figure["measured"] is None else f"{figure['measured']:.3g}",
            "yes" if figure["met"] else "NO",
            figure["over"],
        )
    return table


def show(results: Results, summary: Mapping[str, Any], console: Console) -> None:
    """Print all of it."""
    console.print(LEGEND)
    for table in (*result_tables(results), figures_table(summary)):
        console.print(table)
    console.print(f"{summary['met']} figures are met and {summary['missed']} are missed.")
    if summary["not_run"]:
        console.print(f"Not to be had from what was run: {', '.join(summary['not_run'])}.")


def cell(figures: Figures | None) -> str:
    """One run; a dash where it was not made."""
    if figures is None:
        return "-"
    violating, copies = figures["violating_intervals_percent"], figures["shard_copies"]
    return f"{violating:.1f} | {times_optimum(figures):.2f} | {copies}"
