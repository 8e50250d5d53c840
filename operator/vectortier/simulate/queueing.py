"""How long a search takes at a node that answers several at once: a queue with many servers (M/G/c).

All times are multiples of the mean service time, so that one table serves however slow a search is. Sources:
- the chance to wait at all: Erlang's C formula;
- who waits, waits for an exponentially distributed time; its mean is that of M/M/c times (1 + spread^2) / 2 (Allen and
  Cunneen, after Kingman);
- a server that stands still now and then (garbage collection, a CPU limit that is used up) is one that also serves
  these stalls, in the order in which they come: Pollaczek and Khinchine's mean wait with two kinds of work;
- the service time is lognormal with the mean 1. Weaviate's published benchmark (p99 = 1.6 to 1.9 times the mean in the
  median, https://docs.weaviate.io/weaviate/benchmarks/ann) fits a spread of 0.2.
"""

import math
from dataclasses import dataclass

from vectortier.decide.estimate.queueing import waiting_share

_PANELS = 64
"""Of Simpson's rule. The integrand is smooth and its range is cut to where it counts."""
_NEGLIGIBLE = 40.0
"""exp(-40) is far below any share that is asked for."""


@dataclass(frozen=True)
class Queue:
    """`servers`: searches that are answered at once; `spread`: standard deviation of the service time, in means.

    All servers stand still together, `stalls` times in a mean service time, for an exponentially distributed time with
    the mean `stall` (in mean service times). What stalls take of the servers is part of the service time already.
    """

    servers: int
    spread: float
    stalls: float = 0.0
    stall: float = 0.0

    def waiting_share(self, utilisation: float) -> float:
        """The share of searches (0..1) that find every server busy. `utilisation` is below 1."""
        return waiting_share(self.servers, utilisation)

    def slower_share(self, limit: float, utilisation: float) -> float:
        """The share of searches (0..1) whose wait and service together take longer than the limit (> 0, in means)."""
        sigma = math.sqrt(math.log1p(self.spread**2))
        mu = -(sigma**2) / 2
        z = (math.log(limit) - mu) / sigma
        slow_service = _normal_tail(z)
        waiting, rate = self._waits(utilisation)
        return slow_service + waiting * _slow_by_waiting(limit, rate, mu, sigma)

    def _waits(self, utilisation: float) -> tuple[float, float]:
        """The share that waits, and the rate (per mean service time) of its exponentially distributed wait.

        A stall of the length D is work for every server: the mean wait is that without stalls, and
        stalls * E[D^2] / 2 / (1 - utilisation). Without load it is the rest of a stall that has begun.
        """
        waiting = self.waiting_share(utilisation)
        rate = 2 * self.servers * (1.0 - utilisation) / (1.0 + self.spread**2)
        if self.stalls == 0.0 or self.stall == 0.0:
            return waiting, rate
        mean = waiting / rate + self.stalls * self.stall**2 / (1.0 - utilisation)
        waiting = 1.0 - (1.0 - waiting) * math.exp(-self.stalls * self.stall)
        return waiting, waiting / mean

    def spell(self, utilisation: float) -> float:
        """For how long searches stay late once they are because of a queue (see `spells`), in mean service times."""
        return 1.0 / ((1.0 - utilisation) * self._waits(utilisation)[1])

    def quantile(self, share: float, utilisation: float, at_least: float = 1e-3) -> float:
        """The time (in means) that the share of searches (0..1) does not exceed; it is known to be `at_least` that."""
        low, high, wanted = at_least, max(2.0 * at_least, 1.0), 1.0 - share
        while self.slower_share(high, utilisation) > wanted:
            low, high = high, 2 * high
        while high - low > 1e-5 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.slower_share(middle, utilisation) > wanted else (low, middle)
        return high


def _normal_tail(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def _slow_by_waiting(limit: float, rate: float, mu: float, sigma: float) -> float:
    """The share of those who wait that is served within the limit and late because of the wait: the integral, over
    service times s below the limit, of density(s) * exp(-rate * (limit - s)), by standard normal quantiles of s."""
    highest = min(8.0, (math.log(limit) - mu) / sigma)
    shortest = limit - _NEGLIGIBLE / rate
    lowest = max(-8.0, (math.log(shortest) - mu) / sigma if shortest > 0 else -8.0)
    if highest <= lowest:
        return 0.0
    step = (highest - lowest) / _PANELS
    total = 0.0
    for i in range(_PANELS + 1):
        z = lowest + i * step
        weight = 1 if i in (0, _PANELS) else 4 if i % 2 else 2
        total += weight * math.exp(-z * z / 2 - rate * (limit - math.exp(mu + sigma * z)))
    return total * step / 3 / math.sqrt(2 * math.pi)
