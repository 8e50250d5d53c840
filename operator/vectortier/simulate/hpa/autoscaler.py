"""From what a metric asks for to what is set: stabilisation, then the behaviour's limits, then the bounds."""

from collections import deque

from vectortier.simulate.hpa.behavior import DEFAULT_BEHAVIOR, Behavior, ScaleEvent, highest_allowed, lowest_allowed
from vectortier.simulate.policies.bounds import Bounds


class Autoscaler:
    """One HPA's memory: what was recommended and what was changed. It is asked once every sync period (15 s)."""

    def __init__(self, bounds: Bounds, start: int, behavior: Behavior = DEFAULT_BEHAVIOR) -> None:
        self._bounds = bounds
        self._behavior = behavior
        self._recommendations: deque[tuple[float, int]] = deque([(0.0, start)])
        self._added: deque[ScaleEvent] = deque()
        self._removed: deque[ScaleEvent] = deque()

    def normalise(self, current: int, recommended: int, now: float) -> int:
        """The replicas to set, given what the metric recommends."""
        stable = self._stabilise(current, recommended, now)
        wanted = self._limit(current, stable, now)
        if wanted > current:
            self._added.append(ScaleEvent(now, wanted - current))
        elif wanted < current:
            self._removed.append(ScaleEvent(now, current - wanted))
        return wanted

    def _stabilise(self, current: int, recommended: int, now: float) -> int:
        """Up only as far as the lowest recommendation of the one window, down only as far as the highest of the other.

        The recommendation itself is remembered, not what became of it.
        """
        up = self._behavior.scale_up.stabilization_window_seconds
        down = self._behavior.scale_down.stabilization_window_seconds
        while self._recommendations and self._recommendations[0][0] < now - max(up, down):
            self._recommendations.popleft()
        lowest = min([recommended, *(r for t, r in self._recommendations if t > now - up)])
        highest = max([recommended, *(r for t, r in self._recommendations if t > now - down)])
        self._recommendations.append((now, recommended))
        return min(max(current, lowest), highest)

    def _limit(self, current: int, wanted: int, now: float) -> int:
        self._forget(now)
        if wanted > current:
            allowed = highest_allowed(current, self._added, self._removed, self._behavior.scale_up, now)
            return min(wanted, self._bounds.most, max(current, allowed))
        if wanted < current:
            allowed = lowest_allowed(current, self._added, self._removed, self._behavior.scale_down, now)
            return max(wanted, self._bounds.least, min(current, allowed))
        return wanted

    def _forget(self, now: float) -> None:
        rules = (self._behavior.scale_up, self._behavior.scale_down)
        longest = max((p.period_seconds for r in rules for p in r.policies), default=0)
        for events in (self._added, self._removed):
            while events and events[0].now <= now - longest:
                events.popleft()
