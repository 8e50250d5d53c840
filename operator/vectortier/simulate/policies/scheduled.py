"""Policies that know beforehand what they will do: a fixed size, perfect foresight, the optimum."""

from collections.abc import Sequence

from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Look
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.resizing import resize
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.sensor import Sensor

HEADROOM = 1.1
"""Of `lookahead`: what a perfect forecast keeps in hand against what is not in the load, such as the copying itself."""


class Scheduled:
    """So many copies in each interval."""

    def __init__(self, wanted: Sequence[int], reason: str) -> None:
        self._wanted = wanted
        self._reason = reason

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """Have the copies that are planned for now."""
        del sensor  # knows already
        copies = self._wanted[int(now // INTERVAL_SECONDS)]
        return resize(tier, copies, now, self._reason, f"{copies} copies are planned")


def look_ahead(asked_for: Sequence[float], delay_intervals: int, bounds: Bounds) -> tuple[int, ...]:
    """The copies that the coming intervals ask for until a new copy could serve, a tenth more, in each interval."""
    ahead = range(len(asked_for))
    return tuple(bounds.hold(HEADROOM * max(asked_for[i : i + delay_intervals + 1])) for i in ahead)
