"""The HPA's algorithm: what a metric asks for, and what damping leaves of it."""

import pytest

from vectortier.simulate.hpa.autoscaler import Autoscaler
from vectortier.simulate.hpa.behavior import (
    DEFAULT_BEHAVIOR,
    Behavior,
    PolicyType,
    ScaleEvent,
    ScalingPolicy,
    ScalingRules,
    SelectPolicy,
    highest_allowed,
    lowest_allowed,
)
from vectortier.simulate.hpa.pods import Pod, PodMetric, group_pods
from vectortier.simulate.hpa.replicas import Tolerance, for_average_value, for_utilisation, for_value
from vectortier.simulate.policies.bounds import Bounds

NOW = 10_000.0


def pod(name: str, **changes: object) -> Pod:
    base = {"started_at": 0.0, "ready": True, "ready_since": 10.0}
    return Pod(name, **{**base, **changes})  # type: ignore[arg-type]


def metrics(**values: int) -> dict[str, PodMetric]:
    return {name: PodMetric(value, NOW - 5, 15.0) for name, value in values.items()}


def wanted(target: int, pods: list[Pod], known: dict[str, PodMetric]) -> int | None:
    return for_utilisation(len(pods), target, pods, known, NOW)


THREE = [pod("a"), pod("b"), pod("c")]


@pytest.mark.parametrize(
    ("used", "replicas"),
    [(500, 3), (549, 3), (559, 3), (560, 4), (600, 4), (1000, 6), (450, 3), (440, 3), (330, 2), (0, 0)],
)
def test_a_ratio_beyond_the_tolerance_is_applied_to_the_ready_pods(used: int, replicas: int) -> None:
    assert wanted(50, THREE, metrics(a=used, b=used, c=used)) == replicas


def test_utilisation_is_whole_percent_with_the_rest_dropped() -> None:
    """1.659 of 3 cores are 55.3 %: 55 / 50 is just within the tolerance, 55.3 / 50 would not be."""
    assert wanted(50, THREE, metrics(a=553, b=553, c=553)) == 3


def test_a_missing_pod_counts_as_busy_when_scaling_in() -> None:
    """Two at 10 %: with the third at 100 % they use 40 % of a target of 50 %."""
    assert wanted(50, THREE, metrics(a=100, b=100)) == 3
    assert wanted(50, THREE, metrics(a=100, b=100, c=100)) == 1


def test_a_missing_pod_counts_as_idle_when_scaling_out() -> None:
    assert wanted(50, THREE, metrics(a=900, b=900)) == 4
    assert wanted(50, THREE, metrics(a=900, b=900, c=900)) == 6


def test_guesses_that_turn_the_direction_change_nothing() -> None:
    assert wanted(50, THREE, metrics(a=400, b=400)) == 3, "with the third at 100 % it would be 60 %"
    assert wanted(50, THREE, metrics(a=600)) == 3, "with the others at 0 it would be 20 %"


def test_an_unready_pod_counts_as_idle_when_scaling_out_and_not_at_all_when_scaling_in() -> None:
    pods = [pod("a"), pod("b"), pod("c", started_at=NOW - 60, ready=False, ready_since=NOW - 60)]
    assert wanted(50, pods, metrics(a=900, b=900, c=0)) == 4
    assert wanted(50, pods, metrics(a=200, b=200, c=900)) == 1


def test_nothing_known_is_no_recommendation() -> None:
    assert wanted(50, THREE, {}) is None


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "ready"),
        ({"pending": True}, "unready"),
        ({"started_at": NOW - 100, "ready_since": NOW - 50}, "ready"),
        ({"started_at": NOW - 100, "ready_since": NOW - 19}, "unready"),
        ({"started_at": NOW - 100, "ready": False, "ready_since": NOW - 50}, "unready"),
        ({"started_at": NOW - 400, "ready": False, "ready_since": NOW - 390}, "unready"),
        ({"started_at": NOW - 400, "ready": False, "ready_since": NOW - 100}, "ready"),
    ],
)
def test_pods_are_grouped_by_their_start_and_readiness(changes: dict[str, object], group: str) -> None:
    found = group_pods([pod("a", **changes)], metrics(a=1), NOW, cpu=True)
    assert ("unready" if found.unready else "missing" if found.missing else "ready") == group


def test_readiness_does_not_matter_for_other_metrics_than_cpu() -> None:
    found = group_pods([pod("a", ready=False), pod("b")], metrics(a=1), NOW, cpu=False)
    assert (found.ready, found.missing) == (1, frozenset({"b"}))


def test_a_value_is_a_ratio_for_the_ready_pods() -> None:
    assert for_value(4, usage=16_000, target=8_000, ready=3) == 6
    assert for_value(4, usage=8_700, target=8_000, ready=3) == 4
    assert for_value(0, usage=1_500, target=1_000, ready=0) == 2


def test_an_average_value_is_divided_up() -> None:
    assert for_average_value(4, usage=900_000, target=100_000) == 9
    assert for_average_value(4, usage=430_000, target=100_000) == 4
    assert for_average_value(0, usage=150_000, target=100_000) == 2


def test_tolerance_may_differ_by_direction() -> None:
    assert for_value(10, 1_200, 1_000, 10, Tolerance(up=0.3, down=0.0)) == 10
    assert for_value(10, 990, 1_000, 10, Tolerance(up=0.3, down=0.0)) == 10
    assert for_value(10, 800, 1_000, 10, Tolerance(up=0.3, down=0.0)) == 8


def rules(select: SelectPolicy, *policies: tuple[PolicyType, int]) -> ScalingRules:
    return ScalingRules(0, tuple(ScalingPolicy(t, value, 60) for t, value in policies), select)


@pytest.mark.parametrize(
    ("select", "most", "fewest"), [(SelectPolicy.MAX, 14, 5), (SelectPolicy.MIN, 13, 6), (SelectPolicy.DISABLED, 9, 9)]
)
def test_policies_limit_what_changes_within_their_period(select: SelectPolicy, most: int, fewest: int) -> None:
    """9 now, of which 2 were added in the period and 3 removed: it began with 10."""
    added, removed = [ScaleEvent(NOW - 50, 2), ScaleEvent(NOW - 60, 9)], [ScaleEvent(NOW - 1, 3)]
    both = rules(select, (PolicyType.PODS, 4), (PolicyType.PERCENT, 25))
    up = highest_allowed(9, added, removed, both, NOW)
    assert up == most
    down = lowest_allowed(9, added, removed, rules(select, (PolicyType.PODS, 4), (PolicyType.PERCENT, 45)), NOW)
    assert down == fewest


def autoscaler(most: int = 50, behavior: Behavior = DEFAULT_BEHAVIOR) -> Autoscaler:
    return Autoscaler(Bounds(1, most), 4, behavior)


def test_by_default_it_may_double_or_add_four_every_15_seconds() -> None:
    scaler = autoscaler()
    assert scaler.normalise(4, 40, 15.0) == 8
    assert scaler.normalise(8, 40, 30.0) == 16
    assert autoscaler().normalise(2, 40, 15.0) == 6
    assert autoscaler(most=7).normalise(4, 40, 15.0) == 7


def test_it_shrinks_only_to_the_highest_recommendation_of_five_minutes() -> None:
    scaler, current = autoscaler(), 4
    sizes = []
    for i, recommended in enumerate([4, 2, 3, *[1] * 24]):
        current = scaler.normalise(current, recommended, 15.0 * (i + 1))
        sizes.append(current)
    # The recommendation of 4 at 15 s is out of the window at 315 s, that of 3 at 345 s.
    assert sizes == [*[4] * 20, *[3] * 2, *[1] * 5]


def test_a_window_for_growing_takes_the_lowest_recommendation() -> None:
    patient = Behavior(
        scale_up=ScalingRules(60, (ScalingPolicy(PolicyType.PERCENT, 900, 15),)), scale_down=DEFAULT_BEHAVIOR.scale_down
    )
    scaler = autoscaler(behavior=patient)
    assert [scaler.normalise(4, 9, 15.0 * i) for i in range(1, 6)] == [4, 4, 4, 9, 9]
