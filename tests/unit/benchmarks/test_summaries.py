"""A figure that was not measured is never counted as a good one."""

from __future__ import annotations

from tests.benchmarks.result import Row
from tests.benchmarks.summaries import coldstart_summary, medians, reconcile_summary


def cold(voters: int, *seconds: float | None) -> list[Row]:
    return [{"voters": voters, "seconds": one} for one in seconds]


def test_cold_starts_meet_the_goal_when_every_one_does() -> None:
    found = coldstart_summary(cold(1, 20.0, 30.0, 25.0) + cold(3, 90.0))
    assert (found["voters_1_min_seconds"], found["voters_1_median_seconds"], found["voters_1_max_seconds"]) == (
        20.0,
        25.0,
        30.0,
    )
    assert (found["voters_3_within_goal"], found["goal_met"]) == (1, True)


def test_a_start_that_was_given_up_has_no_longest_time_and_misses_the_goal() -> None:
    found = coldstart_summary(cold(1, 20.0, None))
    assert (found["voters_1_starts"], found["voters_1_within_goal"], found["voters_1_max_seconds"]) == (2, 1, None)
    assert found["goal_met"] is False


def test_one_slow_start_misses_the_goal() -> None:
    assert coldstart_summary(cold(1, 20.0, 90.1))["goal_met"] is False


def late(**changes: float) -> Row:
    return {"situation": "quiet", "changes": 100, "not_applied": 0, "p99_ms": 900.0, **changes}


def test_changes_meet_the_goal_only_if_all_arrived() -> None:
    assert reconcile_summary([late()])["p99_met"] is True
    assert reconcile_summary([late(), late(p99_ms=1000.1)])["p99_met"] is False
    assert reconcile_summary([late(not_applied=1)])["p99_met"] is False


def test_each_count_of_writes_is_added_up_for_itself() -> None:
    idle: Row = {"looks": 4, "writes_by_operator": 0, "writes_at_api_server": 2, "objects_changed": 1}
    found = reconcile_summary([late(), idle, idle])
    assert (found["writes_by_operator"], found["writes_at_api_server"], found["objects_changed"]) == (0, 4, 2)


def test_the_cost_of_a_copy_is_the_median_with_its_range() -> None:
    rows: list[Row] = [
        {"setting": "defaults", "way": "warm", "phase": "copy", "p99_ms": value} for value in (30.0, 900.0, 40.0, None)
    ]
    assert medians(rows, "p99_ms", "ms") == {"defaults warm copy": "40 ms (30 to 900)"}
