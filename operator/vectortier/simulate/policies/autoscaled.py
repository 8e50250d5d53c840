"""HorizontalPodAutoscalers on a tier: on p99, on CPU, and on the rate of searches as KEDA asks for it.

They get a copier for nothing: a pod that an HPA adds boots, copies its data and serves; until it serves it is unready,
as if a readiness gate said so, so that it is not taken for capacity.
"""

from typing import Protocol

from vectortier.simulate.copies import Node, Tier
from vectortier.simulate.engine import Look
from vectortier.simulate.hpa.autoscaler import Autoscaler
from vectortier.simulate.hpa.pods import Pod, PodMetric
from vectortier.simulate.hpa.replicas import for_average_value, for_utilisation, for_value
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.resizing import resize
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.sensor import Sample, Sensor

_THOUSANDTHS = 1000


class Metric(Protocol):
    """What an HPA is told to look at."""

    def recommend(self, tier: Tier, sample: Sample, now: float) -> int | None:
        """The replicas that it asks for; None when it cannot be computed."""

    def describe(self, sample: Sample) -> str:
        """The value and its target."""


class HorizontalPodAutoscaler:
    """Sets the number of copies by one metric. Without the metric it changes nothing."""

    def __init__(self, metric: Metric, bounds: Bounds, start: int) -> None:
        self._metric = metric
        self._autoscaler = Autoscaler(bounds, start)

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """One sync."""
        sample = sensor.latest(now)
        recommended = None if sample is None else self._metric.recommend(tier, sample, now)
        if sample is None or recommended is None:
            return Look()
        current = len(tier.nodes)
        wanted = self._autoscaler.normalise(current, recommended, now)
        reason = "AboveTarget" if wanted > current else "BelowTarget"
        return resize(tier, wanted, now, reason, f"{self._metric.describe(sample)} asks for {recommended} replicas")


class P99:
    """An Object metric with the target type Value: p99 against the promise."""

    def __init__(self, promised_milliseconds: float) -> None:
        self._promised = promised_milliseconds

    def recommend(self, tier: Tier, sample: Sample, now: float) -> int | None:
        """None without searches too: an absent p99 is an error, and an error changes nothing."""
        if sample.gateway_failed or sample.requests <= 0:
            return None
        usage, target = (round(x * _THOUSANDTHS) for x in (sample.p99_milliseconds, self._promised))
        return for_value(len(tier.nodes), usage, target, tier.serving(now))

    def describe(self, sample: Sample) -> str:
        """In milliseconds."""
        return f"p99 of {sample.p99_milliseconds:.1f} ms against {self._promised:g} ms"


class Cpu:
    """A Resource metric with the target type Utilization. Pods ask for all the cores that they can use."""

    def __init__(self, target_percent: int, cores: int) -> None:
        self._target = target_percent
        self._request = cores * _THOUSANDTHS

    def recommend(self, tier: Tier, sample: Sample, now: float) -> int | None:
        """By the rules for missing and unready pods."""
        pods = [self._pod(node, now) for node in tier.nodes]
        metrics = {
            str(ordinal): PodMetric(int(used * self._request), sample.taken_at, INTERVAL_SECONDS)
            for ordinal, used in enumerate(sample.cpu)
            if used is not None
        }
        return for_utilisation(len(tier.nodes), self._target, pods, metrics, now)

    def describe(self, sample: Sample) -> str:
        """The mean over the pods with a metric."""
        known = [used for used in sample.cpu if used is not None]
        mean = sum(known) / len(known) if known else 0.0
        return f"CPU of {mean:.0%} against {self._target}%"

    def _pod(self, node: Node, now: float) -> Pod:
        serves = node.serves_from <= now
        changed_at = node.serves_from if serves else node.ordered_at
        pending = now < node.runs_at
        return Pod(str(node.ordinal), node.ordered_at, serves, changed_at, pending, self._request)


class SearchesPerCopy:
    """KEDA's `prometheus` trigger on the rate of searches: an External metric with the target type AverageValue.

    It gets the searches that arrive, which an overload does not hide.
    KEDA itself decides between 0 and 1 only; from 1 on it hands the metric to an HPA.
    https://keda.sh/docs/2.19/concepts/scaling-deployments/
    """

    def __init__(self, searches_per_second: float) -> None:
        self._target = searches_per_second

    def recommend(self, tier: Tier, sample: Sample, now: float) -> int | None:
        """By the rate of all copies together."""
        del now
        if sample.gateway_failed:
            return None
        usage, target = (round(x * _THOUSANDTHS) for x in (sample.arrivals_per_second, self._target))
        return for_average_value(len(tier.nodes), usage, max(1, target))

    def describe(self, sample: Sample) -> str:
        """In searches per second."""
        return f"{sample.arrivals_per_second:.0f} searches/s against {self._target:.0f} for each copy"
