"""One HorizontalPodAutoscaler over time: it remembers what was recommended and what was changed."""

from collections import deque

from vectortier.simulate.hpa.behavior import DEFAULT_BEHAVIOR, Behavior, ScaleEvent
from vectortier.simulate.hpa.normalise import Limits, Recommendation, stabilised
from vectortier.simulate.policies.bounds import Bounds


class Autoscaler:
    """Asked once every sync period (15 s), with times that do not decrease."""

    def __init__(self, bounds: Bounds, start: int, behavior: Behavior = DEFAULT_BEHAVIOR) -> None:
        self._behavior = behavior
        self._recommendations = deque([Recommendation(0.0, start)])
        self._added: deque[ScaleEvent] = deque()
        self._removed: deque[ScaleEvent] = deque()
        self._limits = Limits(bounds, behavior, self._added, self._removed)

    def normalise(self, current: int, recommended: int, now: float) -> int:
        """The replicas to set, given what the metric recommends."""
        self._forget(now)
        stable = stabilised(current, recommended, self._recommendations, self._behavior, now)
        # The recommendation itself is remembered, not what becomes of it.
        self._recommendations.append(Recommendation(now, recommended))
        wanted = self._limits.hold(current, stable, now)
        if wanted > current:
            self._added.append(ScaleEvent(now, wanted - current))
        elif wanted < current:
            self._removed.append(ScaleEvent(now, current - wanted))
        return wanted

    def _forget(self, now: float) -> None:
        rules = (self._behavior.scale_up, self._behavior.scale_down)
        longest = max(r.stabilization_window_seconds for r in rules)
        while self._recommendations and self._recommendations[0].now <= now - longest:
            self._recommendations.popleft()
        period = max(p.period_seconds for r in rules for p in r.policies)
        for events in (self._added, self._removed):
            while events and events[0].now <= now - period:
                events.popleft()
