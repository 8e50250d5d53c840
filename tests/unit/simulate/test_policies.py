"""The policies to compare with, in a tier that is simulated."""

import random
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.simulate.builders import PROMISE, capacity, load, model, rates, spec
from vectortier.simulate.engine import Run
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.growth import Growth
from vectortier.simulate.policies.registry import PolicyError, check_policy
from vectortier.simulate.policies.scheduled import look_ahead
from vectortier.simulate.simulation import Outcome, prepare, simulate


def outcome(policy: str, *copies: float, **changes: Any) -> Outcome:
    changed = model(**changes)
    return simulate(prepare(spec(), rates(*copies, of=changed), changed, policy), policy, seed=1)


def sizes(ran: Run) -> list[int]:
    return [interval.nodes for interval in ran.intervals]


def test_static_stays_as_it_is() -> None:
    assert set(sizes(outcome("static=5", 0.5, 4.0, 0.5).run)) == {5}


def test_everybody_else_starts_with_what_is_best_for_the_beginning() -> None:
    """A copy would be late for the fourth interval, whoever ordered it."""
    for policy in ("vectortier", "hpa-p99", "hpa-cpu=60", "keda-qps=60", "vespa", "lookahead", "oracle"):
        assert outcome(policy, 2.5, 2.5, 2.5, 3.5).run.intervals[0].nodes == 4, policy


def test_hpa_on_p99_shrinks_a_healthy_tier_and_then_overloads_it() -> None:
    """What is wrong with a ratio of p99: as long as there is room, it is the same whatever the room."""
    found = outcome("hpa-p99", *[3.2] * 80, searchMilliseconds=20)
    assert min(sizes(found.run)) == 3
    assert found.summary.violating_intervals_percent > 5


def test_hpa_on_cpu_keeps_its_target() -> None:
    found = outcome("hpa-cpu=50", *[2.9] * 60)
    at_rest = found.run.intervals[-1]
    assert at_rest.utilisation == pytest.approx(0.5, abs=0.06)
    assert at_rest.nodes == 4


def test_pods_that_still_copy_do_not_make_an_hpa_on_cpu_add_more() -> None:
    found = outcome("hpa-cpu=50", 1.0, *[2.0] * 30, bytesPerCopy=300_000_000)
    assert max(sizes(found.run)) == 4, "while they are unready they count as idle, so that it does not order twice"


def test_keda_divides_the_rate_by_the_target() -> None:
    found = outcome("keda-qps=50", *[2.2] * 30)
    assert found.run.intervals[-1].nodes == 5, "2.2 capacities of which each copy may have a half"


def test_an_overload_does_not_hide_from_keda_what_arrives() -> None:
    found = outcome("keda-qps=100", *[1.0] * 10, *[3.9] * 30, copyInterference=0)
    assert found.summary.decisions[0].nodes == 4, "one copy answers far less than four times its capacity"


def test_without_metrics_no_autoscaler_changes_anything() -> None:
    for policy in ("hpa-p99", "hpa-cpu=50", "keda-qps=50", "vespa"):
        found = outcome(policy, *[3.0] * 10, *[0.1] * 40, outageStartSeconds=0, outageSeconds=1000)
        assert set(sizes(found.run)) == {3}, policy


def test_vespa_keeps_room_for_growth_and_for_one_that_is_down() -> None:
    found = outcome("vespa", *[2.0] * 200)
    at_rest = found.run.intervals[-1]
    assert at_rest.nodes > 2
    assert at_rest.utilisation * at_rest.nodes / (at_rest.nodes - 1) < 0.75 / 1.1


def test_vespa_judges_nothing_for_seven_minutes_after_a_change() -> None:
    found = outcome("vespa", *[1.0] * 30, *[3.0] * 200)
    changes = [d.t for d in found.summary.decisions]
    assert len(changes) > 1
    assert all(b - a > 420 for a, b in pairwise(changes))


def test_vespa_takes_nothing_away_until_three_redistributions_after_the_last_is_complete() -> None:
    """A copy takes ten minutes here, and so does a redistribution."""
    found = outcome("vespa", *[1.5] * 30, *[3.0] * 60, *[0.5] * 400, bytesPerCopy=570_000_000)
    changes = found.summary.decisions
    back = next(i for i, d in enumerate(changes) if d.action == "ScaleIn")
    assert changes[back].t - changes[back - 1].t >= 600 + 3 * 600


def test_the_steepest_growth_is_that_of_any_two_minutes() -> None:
    draw = random.Random(3)
    values = [draw.uniform(10, 100) for _ in range(40)]
    growth = Growth()
    for value in values:
        growth.add(value)
    pairs = [(i, j) for i in range(40) for j in range(i + 1, 40) if values[j] >= 1.3 * values[i]]
    steepest = max((values[j] - values[i]) / (j - i) for i, j in pairs)
    assert growth.per_minute(50.0) == pytest.approx(steepest / 50.0)
    assert growth.peak == max(values)


def test_growth_by_less_than_three_tenths_is_noise() -> None:
    growth = Growth()
    for value in (100.0, 129.0, 100.0):
        growth.add(value)
    assert growth.per_minute(100.0) == 0.1, "what is assumed where nothing is known"
    growth.add(130.0)
    assert growth.per_minute(100.0) == pytest.approx(0.3)


def test_look_ahead_has_what_is_needed_when_a_copy_could_serve() -> None:
    assert look_ahead([1.0, 1.0, 1.0, 2.8, 1.0], 2, Bounds(1, 9)) == (2, 4, 4, 4, 2)


def test_with_perfect_foresight_the_promise_is_kept_and_it_costs_a_little_more() -> None:
    wave = [2.0 + abs(20 - i % 40) / 10 for i in range(160)]
    found = outcome("lookahead", *wave, copyInterference=0)
    assert found.summary.violating_intervals_percent == 0
    assert 1.0 < found.summary.replica_hours / found.summary.oracle_replica_hours < 1.4


@pytest.mark.parametrize("policy", ["hpa", "static", "static=0", "static=-1", "hpa-cpu=", "hpa-cpu=60%", "oracle=3"])
def test_a_policy_that_is_not_known_is_refused(policy: str) -> None:
    with pytest.raises(PolicyError, match=f"the policy '{policy}'"):
        check_policy(policy)


def test_a_whole_run_is_the_same_for_the_same_seed_and_not_for_another() -> None:
    noisy = model(samplingNoise=True, missingScrapes=0.2, searchMilliseconds=20)
    setting = prepare(spec(), rates(*[3.2] * 80, of=noisy), noisy, "hpa-p99")
    first, again, other = (simulate(setting, "hpa-p99", seed).summary for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_builders_copies_are_capacities() -> None:
    assert load(2.0).searches[0] == pytest.approx(2 * capacity())
    assert PROMISE.seconds == spec().slo.search.p99_milliseconds / 1000
