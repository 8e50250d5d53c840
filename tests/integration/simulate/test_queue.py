"""The queue in front of a copy against one that is played, search by search."""

import heapq
import math
import random

import pytest

from vectortier.simulate.queueing import Queue

BENCHMARK = Queue(servers=16, spread=0.21)


@pytest.mark.parametrize("utilisation", [0.6, 0.85, 0.93])
def test_a_queue_that_is_played_has_the_same_p99(utilisation: float) -> None:
    played = played_quantile(BENCHMARK, utilisation, 0.99, random.Random(4))
    assert BENCHMARK.quantile(0.99, utilisation) == pytest.approx(played, rel=0.1)


def played_quantile(queue: Queue, utilisation: float, share: float, draw: random.Random) -> float:
    """Searches arrive at random and are served in order by whichever server is free first."""
    sigma = math.sqrt(math.log1p(queue.spread**2))
    free, now, times = [0.0] * queue.servers, 0.0, []
    for _ in range(150_000):
        now += draw.expovariate(utilisation * queue.servers)
        begins = max(now, heapq.heappop(free))
        ends = begins + draw.lognormvariate(-(sigma**2) / 2, sigma)
        heapq.heappush(free, ends)
        times.append(ends - now)
    return sorted(times)[math.ceil(share * len(times)) - 1]
