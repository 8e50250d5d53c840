"""The best fixed target: one for all loads, chosen with hindsight, and in nobody's favour."""

import pytest

from tests.benchmarks.control.figures import against_targets
from tests.benchmarks.control.results import Results
from tests.integration.benchmarks.control.rows import figures, joined, results

OURS = "vectortier"


def two_loads(policy: str, violating: tuple[float, float], hours: tuple[float, float] = (10.0, 10.0)) -> Results:
    return results(
        {
            ("ramp", policy): figures(violating[0], hours=hours[0]),
            ("step", policy): figures(violating[1], hours=hours[1]),
        }
    )


def test_the_worst_load_decides_which_target_is_best() -> None:
    found = joined(two_loads("hpa-cpu=60", (0.0, 9.0)), two_loads("hpa-cpu=50", (5.0, 5.0)))
    assert against_targets.best_target(found) == "hpa-cpu=50"


def test_of_equally_bad_targets_the_cheapest_is_best() -> None:
    found = joined(
        two_loads("hpa-cpu=50", (5.0, 5.0), (20.0, 20.0)), two_loads("keda-qps=70", (5.0, 0.0), (15.0, 20.0))
    )
    assert against_targets.best_target(found) == "keda-qps=70"


def test_each_family_has_its_best_target() -> None:
    found = joined(
        two_loads("hpa-cpu=50", (5.0, 5.0)), two_loads("hpa-cpu=60", (1.0, 5.5)), two_loads("keda-qps=85", (9.0, 9.0))
    )
    assert against_targets.best_targets(found) == ["hpa-cpu=50", "keda-qps=85"]


def test_other_policies_are_no_targets() -> None:
    assert against_targets.best_targets(joined(two_loads("hpa-p99", (0.0, 0.0)), two_loads("vespa", (0.0, 0.0)))) == []


def test_a_target_that_did_not_run_on_every_load_is_not_compared() -> None:
    found = joined(two_loads("hpa-cpu=60", (9.0, 9.0)), results({("ramp", "hpa-cpu=50"): figures(0.0)}))
    assert against_targets.best_target(found) == "hpa-cpu=60"


def test_violations_are_compared_on_the_worst_load_of_each() -> None:
    found = against_targets.worst_load(
        joined(two_loads(OURS, (0.0, 7.0)), two_loads("hpa-cpu=50", (5.0, 1.0)), two_loads("hpa-cpu=85", (9.0, 0.0)))
    )
    assert found is not None
    assert (found.value, found.over) == (2.0, "hpa-cpu=50, best of 2 targets on 2 loads")


def test_hours_are_compared_with_each_load_alike_and_with_each_hour_alike() -> None:
    ours, best = two_loads(OURS, (0.0, 0.0), (10.0, 30.0)), two_loads("hpa-cpu=50", (1.0, 1.0), (20.0, 20.0))
    long = results(
        {
            ("two-weeks", OURS): figures(hours=1000.0, oracle_replica_hours=1000.0),
            ("two-weeks", "hpa-cpu=50"): figures(hours=3000.0, oracle_replica_hours=1000.0),
        }
    )
    alike = against_targets.replica_hours(joined(ours, best, long))
    summed = against_targets.summed_replica_hours(joined(ours, best, long))
    assert alike is not None
    assert summed is not None
    assert alike.value == pytest.approx((1 + 3 + 1) / (2 + 2 + 3))
    assert summed.value == pytest.approx(1040 / 3040)


def test_without_our_run_on_every_load_nothing_is_compared() -> None:
    found = joined(two_loads("hpa-cpu=50", (5.0, 1.0)), results({("ramp", OURS): figures(0.0)}))
    assert against_targets.worst_load(found) is None
    assert against_targets.replica_hours(found) is None
    assert against_targets.summed_replica_hours(found) is None
