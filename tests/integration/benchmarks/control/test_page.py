"""The page in docs/: what is written is what was measured, losses beside wins."""

from tests.benchmarks.control.figures.questions import summary
from tests.benchmarks.control.page import page
from tests.benchmarks.control.results import Results
from tests.integration.benchmarks.control.rows import figures, joined, results

OURS, HPA = "vectortier", "hpa-p99"
FOUND = joined(
    results({("step", OURS): figures(9.04, hours=12.0, shard_copies=3), ("step", HPA): figures(10.0, hours=30.0)}),
    results({("ramp", OURS): figures(0.5)}),
    results({("step", OURS): figures(20.0)}, "outage"),
)


def rows(found: Results) -> list[list[str]]:
    text = page(found, summary(found))
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.replace("\\|", ";").split("|")[1:-1]] for line in lines]


def test_each_policy_has_a_row_at_the_base_setting_and_ours_one_for_each_setting() -> None:
    told = rows(FOUND)
    assert ["bursty loads", "step"] in told
    assert [OURS, "9.0 ; 1.20 ; 3"] in told
    assert [HPA, "10.0 ; 3.00 ; 0"] in told
    assert ["base", "9.0 ; 1.20 ; 3"] in told
    assert ["outage", "20.0 ; 1.00 ; 0"] in told
    assert ["base", "0.5 ; 1.00 ; 0"] in told


def test_copy_intervals_are_pooled_by_policy_and_who_copied_nothing_has_no_row() -> None:
    ours = figures(
        copying_intervals=50,
        copying_intervals_over_limit_percent=10.0,
        copying_intervals_over_by_copying_percent=4.0,
    )
    told = rows(results({("step", OURS): ours, ("ramp", OURS): ours, ("step", HPA): figures()}))
    assert [row for row in told if len(row) == 4 and row[0] in (OURS, HPA)] == [[OURS, "100", "10.00", "4.00"]]


def test_a_goal_that_is_missed_says_so() -> None:
    told = {row[0]: row[2:4] for row in rows(FOUND) if len(row) == 5}
    assert told["violating intervals, times hpa-p99's"] == ["0.904", "**no**"]
    assert told["replica-hours, times hpa-p99's"] == ["0.4", "yes"]
