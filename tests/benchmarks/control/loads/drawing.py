"""From a shape to a load: one rate for each second, with the restlessness of real ones. Pure: chance is an argument."""

import math
import random
from collections.abc import Callable, Iterator
from itertools import islice

from vectortier.simulate.rates import Rates

Shape = Callable[[float], float]
"""From seconds since the start to a value."""

PEAK = 1000.0
"""Searches per second where a shape is 1. Only the shape counts: `--peak-copies` sets the scale."""
RESTLESSNESS = 0.02
"""Standard deviation of the logarithm of the rate around the shape: 2 %."""
MEMORY_SECONDS = 60.0
"""A deviation has worn off to 37 % after this time."""


def draw_rates(shape: Shape, seconds: int, draw: random.Random, writes: Shape | None = None) -> Rates:
    """Searches after a shape (shares of the peak) and writes after another (per second, exactly)."""
    restless = islice(_restless(draw), seconds)
    searches = [PEAK * shape(second) * factor for second, factor in enumerate(restless)]
    return Rates(searches, [0.0] * seconds if writes is None else [writes(second) for second in range(seconds)])


def _restless(draw: random.Random) -> Iterator[float]:
    """A factor for each second; its logarithm is an autoregressive process of the first order around 0."""
    kept = math.exp(-1 / MEMORY_SECONDS)
    new = RESTLESSNESS * math.sqrt(1 - kept**2)
    deviation = draw.gauss(0.0, RESTLESSNESS)
    while True:
        yield math.exp(deviation)
        deviation = kept * deviation + draw.gauss(0.0, new)
