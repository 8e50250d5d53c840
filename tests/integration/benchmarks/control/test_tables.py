"""What is printed: a table for each setting and kind of load, then every figure, with its losses."""

import io

from rich.console import Console

from tests.benchmarks.control.figures.questions import summary
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.tables import show
from tests.integration.benchmarks.control.rows import figures, joined, results

OURS, HPA = "vectortier", "hpa-p99"


def printed(found: Results) -> list[str]:
    paper = io.StringIO()
    show(found, summary(found), Console(width=200, file=paper))
    return paper.getvalue().splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.replace("┃", "│").split("│")[1:-1]]


FOUND = joined(
    results({("step", OURS): figures(9.04, hours=12.0, shard_copies=3), ("step", HPA): figures(10.0, hours=30.0)}),
    results({("ramp", OURS): figures(0.5)}),
    results({("step", OURS): figures(20.0)}, "outage"),
)


def test_a_policy_has_a_row_and_a_load_a_column() -> None:
    rows = [cells(line) for line in printed(FOUND)]
    assert ["base, bursty loads", "step"] in rows
    assert ["base, smooth loads", "ramp"] in rows
    assert ["outage, bursty loads", "step"] in rows
    assert [OURS, "9.0 | 1.20 | 3"] in rows
    assert [HPA, "10.0 | 3.00 | 0"] in rows


def test_a_load_that_a_policy_did_not_run_on_has_no_figures() -> None:
    found = joined(FOUND, results({("bursty", HPA): figures(1.0)}))
    assert [OURS, "-", "9.0 | 1.20 | 3"] in [cells(line) for line in printed(found)]


def test_losses_stand_beside_wins_and_what_was_not_run_is_named() -> None:
    lines = printed(FOUND)
    verdicts = {row[0]: row[3] for row in map(cells, lines) if len(row) == 5}
    assert verdicts["violating intervals, times hpa-p99's"] == "NO"
    assert verdicts["replica-hours, times hpa-p99's"] == "yes"
    assert any(line.startswith("Not to be had from what was run: ") for line in lines)
    assert any("figures are met and" in line for line in lines)
