"""Vespa Cloud's autoscaling, as far as it concerns a cluster whose groups are single nodes with everything on each.

After node-repository/.../autoscale/ClusterModel.java of vespa-engine/vespa: an ideal CPU load, less with the growth to
be expected while data is redistributed and with one group down; nothing is judged for seven minutes after a change, and
nothing is taken away within three redistributions after the last change is complete. Memory and disk do not differ
between the sizes compared here, and are left out.
"""

import math

from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Look
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.growth import Growth
from vectortier.simulate.policies.resizing import resize
from vectortier.simulate.sensor import Sample, Sensor

IDEAL_QUERY_CPU, IDEAL_WRITE_CPU = 0.75, 0.95
QUERY_COST_IN_WRITES = 9.0
FULL_CONFIDENCE_QUERIES_PER_SECOND = 100.0
WARM_UP_SECONDS = 420.0
LEAST_SCALING_SECONDS = 300.0
SAFE_SCALING_DURATIONS = 3.0
PEAK_MARGIN = 0.1
"""No more headroom than to a tenth above the highest rate so far."""
_MINUTE = 60.0


class Vespa:
    """Looks once a minute. `scaling_seconds`: how long a redistribution takes, at least five minutes are assumed."""

    def __init__(self, bounds: Bounds, scaling_seconds: float) -> None:
        self._bounds = bounds
        self._scaling_seconds = max(LEAST_SCALING_SECONDS, scaling_seconds)
        self._growth = Growth()
        self._changed_at = -math.inf

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """One run of the maintainer."""
        minute = [s for s in sensor.window(now, _MINUTE) if not s.gateway_failed]
        if minute:
            self._growth.add(_mean([s.queries_per_second for s in minute]))
        look = self._decide(tier, sensor, now)
        if look.decision is not None:
            self._changed_at = now
        return Look(look.decision, _MINUTE)

    def _decide(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        in_flight = tier.serving(now) < len(tier.nodes)
        samples = [s for s in sensor.window(now, self._scaling_seconds) if not s.gateway_failed]
        fresh = [s for s in samples if s.taken_at > self._changed_at + WARM_UP_SECONDS]
        if in_flight or not fresh:
            return Look()
        peak, ideal = _peak(fresh), self._ideal(samples)
        wanted = self._size(len(tier.nodes) * peak / ideal)
        if wanted < len(tier.nodes) and not self._safe_to_scale_down(tier, fresh, now):
            return Look()
        return resize(tier, wanted, now, "LoadAdjustment", f"peak CPU of {peak:.0%} against an ideal of {ideal:.0%}")

    def _size(self, copies: float) -> int:
        """So many that one of them may be down, unless there is only one."""
        return self._bounds.hold(1 if copies <= 1 and self._bounds.least == 1 else copies + 1)

    def _safe_to_scale_down(self, tier: Tier, samples: list[Sample], now: float) -> bool:
        completed_at = max(self._changed_at, *(node.serves_from for node in tier.nodes))
        recent = now - completed_at < SAFE_SCALING_DURATIONS * self._scaling_seconds
        return not recent and all(used is not None for used in samples[-1].cpu)

    def _ideal(self, samples: list[Sample]) -> float:
        queries = _mean([s.queries_per_second for s in samples])
        writes = _mean([s.writes_per_second for s in samples])
        share = 0.5 if queries + writes == 0 else queries / (queries + writes)
        share = share * QUERY_COST_IN_WRITES / (share * QUERY_COST_IN_WRITES + 1 - share)
        return share * IDEAL_QUERY_CPU / self._headroom(queries) + (1 - share) * IDEAL_WRITE_CPU

    def _headroom(self, queries: float) -> float:
        """As a multiple of the present rate."""
        headroom = 1 + self._growth.per_minute(queries) * (self._scaling_seconds // _MINUTE)
        if queries > 0 and self._growth.peak > 0:
            headroom = min(headroom, self._growth.peak / queries + PEAK_MARGIN)
        return 1 + (headroom - 1) * min(1.0, queries / FULL_CONFIDENCE_QUERIES_PER_SECOND)


def _peak(samples: list[Sample]) -> float:
    """The mean over the nodes of each one's highest CPU."""
    nodes = max(len(s.cpu) for s in samples)
    highest = []
    for ordinal in range(nodes):
        known = [c for s in samples if ordinal < len(s.cpu) and (c := s.cpu[ordinal]) is not None]
        if known:
            highest.append(max(known))
    return _mean(highest)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
