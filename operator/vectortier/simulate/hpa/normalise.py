"""From what a metric asks for to what is set: stabilisation, then the behaviour's limits, then the bounds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vectortier.simulate.hpa.behavior import Behavior, ScaleEvent, highest_allowed, lowest_allowed
from vectortier.simulate.policies.bounds import Bounds


@dataclass(frozen=True)
class Recommendation:
    """How many replicas a metric asked for."""

    now: float
    replicas: int


def stabilised(
    current: int, recommended: int, earlier: Iterable[Recommendation], behavior: Behavior, now: float
) -> int:
    """Up only as far as the lowest recommendation of the one window, down only as far as the highest of the other."""
    up = now - behavior.scale_up.stabilization_window_seconds
    down = now - behavior.scale_down.stabilization_window_seconds
    lowest = highest = recommended
    for past in earlier:
        if past.now > up:
            lowest = min(lowest, past.replicas)
        if past.now > down:
            highest = max(highest, past.replicas)
    return min(max(current, lowest), highest)


@dataclass(frozen=True)
class Limits:
    """What may be set, given what was changed lately."""

    bounds: Bounds
    behavior: Behavior
    added: Sequence[ScaleEvent]
    removed: Sequence[ScaleEvent]

    def hold(self, current: int, wanted: int, now: float) -> int:
        """As near to what is wanted as may be; `current` is within the bounds."""
        if wanted > current:
            allowed = highest_allowed(current, self.added, self.removed, self.behavior.scale_up, now)
            return min(wanted, self.bounds.most, max(current, allowed))
        if wanted < current:
            allowed = lowest_allowed(current, self.added, self.removed, self.behavior.scale_down, now)
            return max(wanted, self.bounds.least, min(current, allowed))
        return wanted
