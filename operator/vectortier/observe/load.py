"""One look at what Prometheus knows of a tier: how its searches fare, and what its nodes use.

How not knowing is told from zero:
- A gateway creates its counters with the value 0 when it starts. So a series that stands still is a fresh zero, and one
  that is absent means that nobody looked.
- When a scrape fails, Prometheus ends the target's series at once and sets its `up` to 0. Sums over the others would
  look like less traffic, so a gateway with `up` 0, or one that is ready and has no sample, makes the windows Partial.
- When Prometheus itself stands still, series go on to be answered for minutes. So the age of the newest sample is read
  from the samples' own timestamps, of the gateway that is worst off.
- Where no gateway has a current sample, Weaviate's own histograms say what they can (`coarse.py`).
- A restart of a gateway sets its counters back; `increase` is taken of each series before the sum, and takes the lower
  value for a restart. A gateway that is gone stays in the window with what it had counted.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vectortier.api.quantity import parse_quantity
from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.names import gateway
from vectortier.clients.prometheus import Answer, Prometheus
from vectortier.gateway import measure
from vectortier.model.load import BUDGET, CollectionLoad, Instant, Load, SloWindow, Utilisation
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe import node_metrics as nodes
from vectortier.observe import weaviate_metrics
from vectortier.observe.coarse import Coarse, read_coarse
from vectortier.observe.missed import missed_seconds, missed_window
from vectortier.observe.readings import Ask, at, by_label, number, read_all


def read_load(
    prometheus: Prometheus,
    tier: Identity,
    spec: VectorTierSpec,
    now: float,
    *,
    ready_gateways: int | None = None,
    deadline_seconds: float = 5.0,
) -> Load | Unknown:
    """What Prometheus knows at `now` (Unix seconds), or Unknown when it knows nothing of the tier's gateways.

    With `ready_gateways`, fewer gateways in the metrics than that make the windows Partial, also where Prometheus does
    not know that they exist.
    """
    found = read_all(prometheus, _questions(tier, spec, now), deadline_seconds)
    age = _age(found["scrapes of the gateways"], found["ages of the gateways' samples"], ready_gateways)
    if isinstance(age, Unknown) and age.reason != Reason.METRICS_PARTIAL:
        coarse = read_coarse(prometheus, tier, spec, now, deadline_seconds) if _answers(found) else age
        return age if isinstance(coarse, Unknown) else _by_weaviate(spec, found, coarse)
    windows = spec.damping.windows
    _, step = missed_window(spec.damping.scale_out.stabilization_window_seconds)
    return Load(
        short=_window("short", windows.short_seconds, age, found),
        long=_window("long", windows.long_seconds, age, found),
        queries_per_second=_unless_unknown(age, number("rate of searches", found["rate of searches"])),
        writes_per_second=_unless_unknown(age, number("rate of writes", found["rate of writes"])),
        instant=_instant(age, found),
        p50_milliseconds=_estimate(found["p50"]),
        p99_milliseconds=_estimate(found["p99"]),
        missed_seconds=_unless_unknown(age, missed_seconds(found["history of bad searches"], now, step, BUDGET)),
        **_nodes(spec, found),
    )


def _nodes(spec: VectorTierSpec, found: Mapping[str, Answer | Unknown]) -> dict[str, Any]:
    """The fields that are about the nodes."""
    return {
        "cpu": _of_limit("cores", spec.weaviate.resources.limits.cpu, found["cores"]),
        "cpu_seconds": nodes.CPU_WINDOW_SECONDS,
        "memory": _of_limit("memory", spec.weaviate.resources.limits.memory, found["memory"]),
        "disk": _disk(found),
        "volume_bytes": _volume_bytes(found["volumes"]),
        "collections": _collections(found["searches by collection"]),
    }


def _answers(found: Mapping[str, Answer | Unknown]) -> bool:
    """Whether Prometheus itself answers, so that what it lacks may be asked for elsewhere."""
    asked = ("scrapes of the gateways", "ages of the gateways' samples")
    return not any(isinstance(found[name], Unknown) for name in asked)


def _by_weaviate(spec: VectorTierSpec, found: Mapping[str, Answer | Unknown], coarse: Coarse) -> Load:
    """The load without any gateway's counts."""
    return Load(
        short=coarse.short,
        long=coarse.long,
        queries_per_second=coarse.short.requests / coarse.short.seconds,
        writes_per_second=coarse.writes_per_second,
        missed_seconds=coarse.missed_seconds,
        **_nodes(spec, found),
    )


def _questions(tier: Identity, spec: VectorTierSpec, now: float) -> dict[str, Ask]:
    """Every query, all evaluated at the same point in time so that their answers fit together."""
    selector = measure.tier_selector(tier.namespace, tier.name)
    pods = f'{selector},pod=~"{gateway(tier.name)}-.+"'
    short, long = spec.damping.windows.short_seconds, spec.damping.windows.long_seconds
    age = f"max by (pod) (time() - timestamp({measure.SEARCHES_SERIES}{{{selector}}}))"
    queries = {
        "scrapes of the gateways": f"min by (pod) (up{{{pods}}})",
        "ages of the gateways' samples": age,
        "searches that count, short": measure.counted_requests(selector, short),
        "bad searches, short": measure.bad_requests(selector, short),
        "searches that count, long": measure.counted_requests(selector, long),
        "bad searches, long": measure.bad_requests(selector, long),
        "rate of searches": measure.searches_per_second(selector, short),
        "latest rate of arrivals": measure.latest_arrivals_per_second(selector, short),
        "latest share of bad searches": measure.latest_bad_fraction(selector, short),
        "rate of writes": measure.writes_per_second(selector, short),
        "p50": measure.latency_milliseconds(selector, 0.5, short),
        "p99": measure.latency_milliseconds(selector, 0.99, short),
        "cores": nodes.cores(tier.namespace, tier.name),
        "memory": nodes.memory_bytes(tier.namespace, tier.name),
        "shares of the volumes": nodes.volume_share(tier.namespace, tier.name),
        "volumes": nodes.volume_bytes(tier.namespace, tier.name),
        "volumes reported lately": nodes.volumes_reported_lately(tier.namespace, tier.name),
        "searches by collection": weaviate_metrics.searches_by_collection(tier.namespace, tier.name, short),
    }
    seconds, step = missed_window(spec.damping.scale_out.stabilization_window_seconds)
    fraction = measure.bad_fraction(selector, short)
    asked: dict[str, Ask] = {name: at(query, now) for name, query in queries.items()}
    asked["history of bad searches"] = lambda prometheus: prometheus.query_range(fraction, now - seconds, now, step)
    return asked


def _age(scrapes: Answer | Unknown, ages: Answer | Unknown, ready_gateways: int | None) -> float | Unknown:
    """The age of the newest sample of the gateway that is worst off, in seconds; Unknown unless all were scraped."""
    up, seen = by_label("scrapes", "pod", scrapes), by_label("sample ages", "pod", ages)
    if isinstance(up, Unknown):
        return up
    if isinstance(seen, Unknown):
        return seen
    failing = sorted(pod for pod, value in up.items() if value == 0)
    if not seen:
        why = f"it cannot scrape {', '.join(failing)}" if failing else "it scrapes no gateway of the tier"
        return Unknown(
            reason=Reason.METRICS_UNAVAILABLE, message=f"Prometheus has no current sample of the tier: {why}."
        )
    silent = sorted({pod for pod, value in up.items() if value > 0} - set(seen))
    if failing or silent:
        names = ", ".join([*failing, *silent])
        return Unknown(reason=Reason.METRICS_PARTIAL, message=f"Prometheus has no current sample of {names}.")
    if ready_gateways is not None and len(seen) < ready_gateways:
        message = f"Prometheus has samples of {len(seen)} gateways, but {ready_gateways} are ready."
        return Unknown(reason=Reason.METRICS_PARTIAL, message=message)
    return max(seen.values())


def _window(
    which: str, seconds: int, age: float | Unknown, found: Mapping[str, Answer | Unknown]
) -> SloWindow | Unknown:
    if isinstance(age, Unknown):
        return age
    counts = [number(name, found[name]) for name in (f"searches that count, {which}", f"bad searches, {which}")]
    for count in counts:
        if isinstance(count, Unknown):
            return count
    requests, bad = (count for count in counts if not isinstance(count, Unknown))
    return SloWindow(seconds=seconds, requests=requests, bad=bad, age_seconds=age)


def _instant(age: float | Unknown, found: Mapping[str, Answer | Unknown]) -> Instant | None:
    rate = _estimate(found["latest rate of arrivals"])
    if isinstance(age, Unknown) or rate is None:
        return None
    return Instant(queries_per_second=rate, bad_fraction=_estimate(found["latest share of bad searches"]))


def _unless_unknown(age: float | Unknown, value: float | Unknown) -> float | Unknown:
    return age if isinstance(age, Unknown) else value


def _estimate(answer: Answer | Unknown) -> float | None:
    """A quantile, for people and predictions only; None without searches, when it is NaN."""
    value = number("a quantile", answer)
    return None if isinstance(value, Unknown) else value


def _of_limit(name: str, limit: str | None, answer: Answer | Unknown) -> tuple[Utilisation, ...] | Unknown:
    """The share of its limit that each node uses. Empty without a limit: then there is no share."""
    if limit is None:
        return ()
    used = by_label(name, "pod", answer)
    if isinstance(used, Unknown):
        return used
    if not used:
        message = f"Prometheus has no {name} of the tier's nodes. Does it scrape kubelet?"
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=message)
    return _utilisation(used, parse_quantity(limit))


def _disk(found: Mapping[str, Answer | Unknown]) -> tuple[Utilisation, ...] | Unknown:
    """The used share of each node's volume. Empty where this kind of volume is never reported."""
    shares = by_label("volumes", "persistentvolumeclaim", found["shares of the volumes"])
    if isinstance(shares, Unknown):
        return shares
    if shares:
        return _utilisation({nodes.node_of_claim(claim): share for claim, share in shares.items()}, Decimal(1))
    lately = found["volumes reported lately"]
    if isinstance(lately, Unknown):
        return lately
    if lately.series:
        message = "Kubelet has reported the tier's volumes, but does so no longer. Does Prometheus scrape kubelet?"
        return Unknown(reason=Reason.METRICS_STALE, message=message)
    return ()


def _volume_bytes(answer: Answer | Unknown) -> tuple[tuple[str, float], ...]:
    used = by_label("volumes", "persistentvolumeclaim", answer)
    if isinstance(used, Unknown):
        return ()
    return tuple(sorted((nodes.node_of_claim(claim), value) for claim, value in used.items()))


def _collections(answer: Answer | Unknown) -> tuple[CollectionLoad, ...] | Unknown:
    """The busiest first. Empty where Weaviate does not tell collections apart."""
    rates = by_label("searches", "class_name", answer)
    if isinstance(rates, Unknown):
        return rates
    ranked = sorted(rates.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CollectionLoad(name=name, searches_per_second=rate) for name, rate in ranked)


def _utilisation(used: Mapping[str, float], limit: Decimal) -> tuple[Utilisation, ...]:
    return tuple(Utilisation(node=node, fraction=value / float(limit)) for node, value in sorted(used.items()))
