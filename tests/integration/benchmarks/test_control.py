"""`make bench-control`, a part of it: real runs of `vectortier simulate`."""

from pathlib import Path

from tests.benchmarks.control.comparison import compare
from tests.benchmarks.control.figures.questions import summary
from tests.benchmarks.control.grid import Selection

FIELDS = {
    *("load", "setting", "policy", "intervals", "violating_intervals_percent", "violating_requests_percent"),
    *("replica_hours", "oracle_replica_hours", "shard_copies", "gigabytes_moved", "reversals", "decisions"),
}
NOISY = Selection(loads=("bursty", "diurnal"), settings=("missing-scrapes",), policies=("vectortier", "hpa-cpu=70"))


def test_the_number_of_jobs_makes_no_difference(tmp_path: Path) -> None:
    alone, together = (compare(NOISY, tmp_path, jobs, lambda *_: None) for jobs in (1, 4))
    assert alone.rows() == together.rows()
    assert [(row["load"], row["policy"]) for row in alone.rows()] == [
        (load, policy) for load in ("diurnal", "bursty") for policy in ("vectortier", "hpa-cpu=70")
    ]
    assert all(set(row) >= FIELDS for row in alone.rows())


def test_the_best_targets_go_on_to_the_other_settings(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    chosen = Selection(loads=("diurnal",), settings=("base", "undisturbed"))
    found = compare(chosen, tmp_path, 4, lambda number, of, _: told.append((number, of)))
    best = summary(found)["best_targets"]
    assert [policy.partition("=")[0] for policy in best] == ["hpa-cpu", "keda-qps"]
    assert found.policies("undisturbed") == ["vectortier", "hpa-p99", *best, "oracle"]
    assert told == [*((n, 23) for n in range(1, 24)), *((n, 5) for n in range(1, 6))]
    assert found.of("base", "oracle")["diurnal"]["violating_intervals_percent"] == 0.0
