"""What Prometheus would know of a simulated tier, as the operator reads it."""

from functools import lru_cache

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.load import Instant, Load, SloWindow, Utilisation
from vectortier.model.value import Unknown
from vectortier.played.missed import Missed
from vectortier.played.world import name_of
from vectortier.simulate.copies import Node, Tier
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.sensor import Increase, Sample, Sensor

_EMPTY_NODE = 0.1
"""What a node without a copy uses, as a share of what one with a copy does."""


class LoadReader:
    """Reads the load at every look, and remembers since when the SLO has been missed."""

    def __init__(self, spec: VectorTierSpec) -> None:
        self._spec = spec
        self._seen_at = -1.0
        self._missed = Missed()

    def read(self, tier: Tier, sensor: Sensor, now: float) -> Load | Unknown:
        """The load at `now`, seconds since the start; Unknown when the last scrape of the gateway failed."""
        sample = sensor.latest(now)
        if sample is None or sample.gateway_failed:
            self._missed.forget()
            message = "Prometheus has no current sample of the tier: it scrapes no gateway of the tier."
            return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=message)
        windows, age = self._spec.damping.windows, now - sample.taken_at
        lately = sensor.increase(now, windows.short_seconds)
        short = _window(lately, windows.short_seconds, age)
        self._note(short, sample, now)
        return Load(
            short=short,
            long=_window(sensor.increase(now, windows.long_seconds), windows.long_seconds, age),
            queries_per_second=lately.requests / lately.covered_seconds,
            writes_per_second=sample.writes_per_second,
            instant=_instant(sample),
            p50_milliseconds=sample.p50_milliseconds,
            p99_milliseconds=sample.p99_milliseconds,
            missed_seconds=self._missed.seconds(now),
            cpu=self._cpu(tier, sample),
            cpu_seconds=INTERVAL_SECONDS,
            memory=self._memory(tier, now),
            disk=_shares(tier, tier.model.disk_used, now),
            volume_bytes=tuple((name_of(n), float(tier.model.bytes_per_copy)) for n in tier.nodes if _holds(n, now)),
        )

    def _note(self, short: SloWindow, sample: Sample, now: float) -> None:
        if sample.taken_at != self._seen_at:
            self._seen_at = sample.taken_at
            self._missed.note(short, now)

    def _cpu(self, tier: Tier, sample: Sample) -> tuple[Utilisation, ...] | Unknown:
        known = tuple(
            Utilisation(node=name_of(node), fraction=used)
            for node, used in zip(tier.nodes, sample.cpu, strict=False)
            if used is not None
        )
        if known:
            return known
        message = "Prometheus has no cores of the tier's nodes. Does it scrape kubelet?"
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=message)

    def _memory(self, tier: Tier, now: float) -> tuple[Utilisation, ...]:
        if self._spec.weaviate.resources.limits.memory is None:
            return ()
        return _shares(tier, tier.model.memory_used, now)


def _instant(sample: Sample) -> Instant:
    bad = sample.bad / sample.requests if sample.requests > 0 else None
    return Instant(queries_per_second=sample.arrivals_per_second, bad_fraction=bad)


def _window(increase: Increase, seconds: int, age: float) -> SloWindow:
    return SloWindow(seconds=seconds, requests=increase.requests, bad=increase.bad, age_seconds=age)


def _shares(tier: Tier, used: float, now: float) -> tuple[Utilisation, ...]:
    return tuple(
        _share(name_of(node), used if _holds(node, now) else used * _EMPTY_NODE)
        for node in tier.nodes
        if node.runs_at <= now
    )


@lru_cache(maxsize=1024)
def _share(node: str, fraction: float) -> Utilisation:
    """Of memory or disk, which have the same few values at every look."""
    return Utilisation(node=node, fraction=fraction)


def _holds(node: Node, now: float) -> bool:
    return node.serves_from <= now
