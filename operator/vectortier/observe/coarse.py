"""How searches fare by Weaviate's own histograms: what there is to judge by while no gateway's counts are known.

Their bounds are fixed (50, 100, 250, 500 ms, ...), so that a promise between two of them cannot be counted exactly:
slower than the bound above it is certainly late, slower than the one below it possibly. What has queued in the gateway
does not show in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.clients.prometheus import Answer, Prometheus
from vectortier.model.load import BUDGET, SloWindow
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe import weaviate_metrics as weaviate
from vectortier.observe.missed import missed_seconds, missed_window
from vectortier.observe.readings import at, by_label, number, read_all

_INFINITE = "+Inf"


@dataclass(frozen=True)
class Coarse:
    """Both windows, for how long searches have certainly been late without a break, and the rate of writes."""

    short: SloWindow
    long: SloWindow
    missed_seconds: float | Unknown
    writes_per_second: float | Unknown


def read_coarse(
    prometheus: Prometheus, tier: Identity, spec: VectorTierSpec, now: float, deadline_seconds: float
) -> Coarse | Unknown:
    """What the histograms say at `now` (Unix seconds); Unknown while not those of all nodes are known."""
    windows = spec.damping.windows
    seconds = {"short": windows.short_seconds, "long": windows.long_seconds}
    queries = {
        "scrapes of the nodes": weaviate.scrapes(tier.namespace, tier.name),
        "age of the nodes' samples": weaviate.oldest_sample_seconds(tier.namespace, tier.name),
        "rate of writes": weaviate.writes_per_second(tier.namespace, tier.name, windows.short_seconds),
    }
    for which, window in seconds.items():
        queries[f"durations, {which}"] = weaviate.searches_by_duration(tier.namespace, tier.name, window)
        queries[f"failed searches, {which}"] = weaviate.failed_searches(tier.namespace, tier.name, window)
    found = read_all(prometheus, {name: at(query, now) for name, query in queries.items()}, deadline_seconds)
    age = _age(found)
    if isinstance(age, Unknown):
        return age
    promise = spec.slo.search.p99_milliseconds
    short, long = (_window(which, window, age, found, promise) for which, window in seconds.items())
    if isinstance(short, Unknown):
        return short
    if isinstance(long, Unknown):
        return long
    missed = _missed(prometheus, tier, spec, now, short, deadline_seconds)
    return Coarse(short, long, missed, _or_none("rate of writes", found))


def _missed(
    prometheus: Prometheus, tier: Identity, spec: VectorTierSpec, now: float, short: SloWindow, deadline_seconds: float
) -> float | Unknown:
    """Asked for only where searches are late."""
    above = (short.between_milliseconds or (None, None))[1]
    if (short.bad_fraction or 0.0) <= BUDGET or above is None:
        return 0.0
    seconds, step = missed_window(spec.damping.scale_out.stabilization_window_seconds)
    late = weaviate.late_fraction(tier.namespace, tier.name, above / 1000, spec.damping.windows.short_seconds)
    name = "history of late searches"
    found = read_all(prometheus, {name: lambda p: p.query_range(late, now - seconds, now, step)}, deadline_seconds)
    return missed_seconds(found[name], now, step, BUDGET)


def _age(found: Mapping[str, Answer | Unknown]) -> float | Unknown:
    up = by_label("scrapes of the nodes", "pod", found["scrapes of the nodes"])
    if isinstance(up, Unknown):
        return up
    failing = sorted(pod for pod, value in up.items() if value == 0)
    if failing:
        return Unknown(reason=Reason.METRICS_PARTIAL, message=f"Prometheus cannot scrape {', '.join(failing)}.")
    return number("age of the nodes' samples", found["age of the nodes' samples"])


def _window(
    which: str, seconds: int, age: float, found: Mapping[str, Answer | Unknown], promise_milliseconds: int
) -> SloWindow | Unknown:
    name = f"durations, {which}"
    counts, failed = by_label(name, "le", found[name]), _or_none(f"failed searches, {which}", found)
    if isinstance(counts, Unknown):
        return counts
    if isinstance(failed, Unknown):
        return failed
    if _INFINITE not in counts:
        message = "Prometheus has no searches in Weaviate's own histograms, by which they would be judged instead."
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=message)
    answered = counts[_INFINITE]
    bounds = {1000 * float(le): count for le, count in counts.items() if le != _INFINITE}
    below = max((bound for bound in bounds if bound <= promise_milliseconds), default=None)
    above = min((bound for bound in bounds if bound >= promise_milliseconds), default=None)
    certain = answered - (answered if above is None else bounds[above])
    possible = answered - (0.0 if below is None else bounds[below])
    exact = below is not None and below == above
    return SloWindow(
        seconds=seconds,
        requests=answered + failed,
        bad=max(0.0, certain) + failed,
        bad_at_most=None if exact else max(0.0, possible) + failed,
        between_milliseconds=(below, above),
        age_seconds=age,
    )


def _or_none(name: str, found: Mapping[str, Answer | Unknown]) -> float | Unknown:
    """Weaviate has no series of what has never happened, so that none is zero where its searches are known."""
    answer = found[name]
    return 0.0 if not isinstance(answer, Unknown) and not answer.series else number(name, answer)
