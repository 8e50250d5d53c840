"""The page in docs/ that tells what a whole run of the benchmark found. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.benchmarks.control.figures.copying import while_copying
from tests.benchmarks.control.loads.catalogue import LOADS
from tests.benchmarks.control.policies import OURS, POLICIES
from tests.benchmarks.control.results import Figures, Results
from tests.benchmarks.control.settings import BASE, SETTINGS
from tests.benchmarks.control.tables import cell

HEAD = """# What the benchmark found
Written by `make bench-control`; not to be edited. [Simulating a policy](simulation.md#the-benchmark) says what the
loads, the settings and the policies are, and how to look into any of these runs.

Each cell: violating intervals in % | replica-hours as a multiple of the optimum's | copies of shards that were made. A
policy that is too small is cheap, also cheaper than the optimum, which keeps the promise."""


WHILE_COPYING = """Intervals of all loads at the base setting in which a copy was in the making, and per cent of them.
Over: p99 was more than 1.15 times the promise. By the copying itself: it would not have been, had copies taken nothing
from searches. The rest had too few copies with or without it: after a jump that nobody could foresee, for as long as a
new copy takes."""


def page(results: Results, summary: Mapping[str, Any]) -> str:
    """Markdown of the figures, met or not, and of the runs that they are from."""
    parts = (
        HEAD,
        "## The goals\n" + _goals(summary),
        "## All policies at the base setting",
        *(_of_setting(results, BASE, smooth=smooth) for smooth in (True, False)),
        "## While copies are made\n" + WHILE_COPYING + "\n\n" + _while_copying(results),
        "## The operator's policy at every setting",
        *(_of_policy(results, OURS, smooth=smooth) for smooth in (True, False)),
    )
    return "\n\n".join(parts) + "\n"


def _goals(summary: Mapping[str, Any]) -> str:
    figures = summary["figures"].values()
    rows = (
        (one["what"], f"{one['goal']:.3g}", _number(one["measured"]), "yes" if one["met"] else "**no**", one["over"])
        for one in figures
    )
    best = ", ".join(f"`{policy}`" for policy in summary["best_targets"])
    told = f"{summary['met']} are met and {summary['missed']} are missed. The best fixed targets were {best}.\n\n"
    return told + _table(("figure", "at most", "measured", "met", "from"), rows)


def _of_setting(results: Results, setting: str, *, smooth: bool) -> str:
    by_policy = {policy: results.of(setting, policy, smooth=smooth) for policy in POLICIES}
    return _cells("smooth loads" if smooth else "bursty loads", {p: found for p, found in by_policy.items() if found})


def _of_policy(results: Results, policy: str, *, smooth: bool) -> str:
    by_setting = {setting: results.of(setting, policy, smooth=smooth) for setting in SETTINGS}
    return _cells("smooth loads" if smooth else "bursty loads", {s: found for s, found in by_setting.items() if found})


def _while_copying(results: Results) -> str:
    pooled = ((policy, while_copying(results.of(BASE, policy).values())) for policy in POLICIES)
    rows = (
        (policy, str(found.intervals), f"{found.over:.2f}", f"{found.over_by_copying:.2f}")
        for policy, found in pooled
        if found is not None
    )
    return _table(("policy", "copy intervals", "over, %", "by the copying itself, %"), rows)


def _cells(title: str, lines: Mapping[str, Mapping[str, Figures]]) -> str:
    loads = [load for load in LOADS if any(load in by_load for by_load in lines.values())]
    return _table(
        (title, *loads), ((name, *(cell(found.get(load)) for load in loads)) for name, found in lines.items())
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(head)
    lines = [titles, ("---",) * len(titles), *(tuple(text.replace("|", "\\|") for text in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float | None) -> str:
    return "infinite" if value is None else f"{value:.3g}"
