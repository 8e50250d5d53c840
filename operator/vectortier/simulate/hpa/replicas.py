"""How many replicas a metric asks for, before any damping. Metrics and targets are in thousandths."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vectortier.simulate.hpa.pods import Pod, PodMetric, group_pods

MOST_REPLICAS = 2**31 - 1


@dataclass(frozen=True)
class Tolerance:
    """How far a ratio may be from 1 before anything is changed (--horizontal-pod-autoscaler-tolerance)."""

    up: float = 0.1
    down: float = 0.1

    def holds(self, ratio: float) -> bool:
        """Whether the ratio is near enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


def for_utilisation(
    current: int,
    target_percent: int,
    pods: Sequence[Pod],
    metrics: Mapping[str, PodMetric],
    now: float,
    tolerance: Tolerance = Tolerance(),
) -> int | None:
    """For a Resource metric with the target type Utilization, here of CPU. None without any metric of a ready pod.

    Pods whose metric is missing are taken to use everything they ask for when that speaks against scaling in, and
    nothing when it speaks against scaling out; unready ones use nothing when scaling out. Where these guesses turn the
    direction, nothing is changed.
    """
    groups = group_pods(pods, metrics, now, cpu=True)
    requests = {pod.name: pod.request for pod in pods}
    values = {name: m.value for name, m in metrics.items() if name in requests and name not in groups.unready}
    if not values:
        return None
    ratio = _utilisation_ratio(values, requests, target_percent)
    with_unready = bool(groups.unready) and ratio > 1.0
    if not with_unready and not groups.missing:
        return current if tolerance.holds(ratio) else math.ceil(ratio * groups.ready)
    if ratio < 1.0:
        values.update({name: requests[name] * max(100, target_percent) // 100 for name in groups.missing})
    elif ratio > 1.0:
        values.update(dict.fromkeys(groups.missing, 0))
    if with_unready:
        values.update(dict.fromkeys(groups.unready, 0))
    guessed = _utilisation_ratio(values, requests, target_percent)
    if tolerance.holds(guessed) or (ratio < 1.0 < guessed) or (guessed < 1.0 < ratio):
        return current
    wanted = math.ceil(guessed * len(values))
    turns = (guessed < 1.0 and wanted > current) or (guessed > 1.0 and wanted < current)
    return current if turns else wanted


def for_value(current: int, usage: int, target: int, ready: int, tolerance: Tolerance = Tolerance()) -> int:
    """For an Object or External metric with the target type Value: the ratio is applied to the ready pods."""
    ratio = usage / target
    if current == 0:
        return math.ceil(ratio)
    return current if tolerance.holds(ratio) else min(MOST_REPLICAS, math.ceil(ratio * ready))


def for_average_value(pods: int, usage: int, target: int, tolerance: Tolerance = Tolerance()) -> int:
    """For an Object or External metric with the target type AverageValue: so many pods that each has the target.

    `pods` counts all there are (the scale's status). 0 of them have no ratio to judge, and get what the total asks for.
    """
    if pods > 0 and tolerance.holds(usage / (target * pods)):
        return pods
    return min(MOST_REPLICAS, math.ceil(usage / target))


def _utilisation_ratio(values: Mapping[str, int], requests: Mapping[str, int], target_percent: int) -> float:
    """The utilisation of all in whole percent, the rest dropped, by the target."""
    return sum(values.values()) * 100 // sum(requests[name] for name in values) / target_percent
