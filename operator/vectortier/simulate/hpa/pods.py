"""Which pods' metrics count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CPU_INITIALIZATION_SECONDS = 300.0
"""--horizontal-pod-autoscaler-cpu-initialization-period."""
INITIAL_READINESS_SECONDS = 30.0
"""--horizontal-pod-autoscaler-initial-readiness-delay."""


@dataclass(frozen=True)
class Pod:
    """A pod that is neither failed nor being deleted. `ready_since`: the last change of its Ready condition."""

    name: str
    started_at: float
    ready: bool
    ready_since: float
    pending: bool = False
    request: int = 1000
    """CPU that it asks for, in thousandths of a core."""


@dataclass(frozen=True)
class PodMetric:
    """A pod's value, in thousandths, as measured over the window that ended at `taken_at`."""

    value: int
    taken_at: float
    window_seconds: float


@dataclass(frozen=True)
class Groups:
    """How many pods are ready, and the names of the others."""

    ready: int
    unready: frozenset[str]
    missing: frozenset[str]


def group_pods(pods: Sequence[Pod], metrics: Mapping[str, PodMetric], now: float, *, cpu: bool) -> Groups:
    """Unready are pods that are pending and, for CPU, those whose start still shows in their metric; missing are those
    without a metric."""
    unready, missing = set(), set()
    for pod in pods:
        if pod.pending:
            unready.add(pod.name)
        elif pod.name not in metrics:
            missing.add(pod.name)
        elif cpu and _is_starting(pod, metrics[pod.name], now):
            unready.add(pod.name)
    return Groups(len(pods) - len(unready) - len(missing), frozenset(unready), frozenset(missing))


def _is_starting(pod: Pod, metric: PodMetric, now: float) -> bool:
    if pod.started_at + CPU_INITIALIZATION_SECONDS > now:
        # Within the time that initialisation may take, a metric has to begin after the pod became ready.
        return not pod.ready or metric.taken_at < pod.ready_since + metric.window_seconds
    # After it, only a pod that has never been ready is left out.
    return not pod.ready and pod.started_at + INITIAL_READINESS_SECONDS > pod.ready_since
