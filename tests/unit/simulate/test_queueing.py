"""The queue in front of a copy, against known values."""

import math
from itertools import pairwise

import pytest

from vectortier.simulate.queueing import Queue
from vectortier.simulate.response import HIGHEST, highest_below, quantiles, read, slower_shares

BENCHMARK = Queue(servers=16, spread=0.21)


@pytest.mark.parametrize(("servers", "utilisation", "share"), [(1, 0.3, 0.3), (2, 0.5, 1 / 3), (10, 0.0, 0.0)])
def test_the_share_that_waits_is_erlangs(servers: int, utilisation: float, share: float) -> None:
    assert Queue(servers, 1.0).waiting_share(utilisation) == pytest.approx(share)


def test_without_load_a_search_takes_as_long_as_its_service() -> None:
    sigma = math.sqrt(math.log1p(0.21**2))
    assert BENCHMARK.quantile(0.99, 0.0) == pytest.approx(math.exp(2.3263 * sigma - sigma**2 / 2), rel=1e-3)


@pytest.mark.parametrize(
    ("utilisation", "milliseconds"), [(0.5, 4.43), (0.7, 4.53), (0.8, 4.88), (0.9, 6.73), (0.95, 10.9), (0.98, 24.2)]
)
def test_p99_of_the_published_benchmark_by_utilisation(utilisation: float, milliseconds: float) -> None:
    """4.43 ms is what the benchmark reports; the others are the same formula, computed by somebody else."""
    assert 2.80 * BENCHMARK.quantile(0.99, utilisation) == pytest.approx(milliseconds, rel=0.04)


def test_a_stall_lets_wait_whoever_comes_meanwhile_for_the_rest_of_it() -> None:
    """Without load, stalls in a tenth of the time, each exponentially distributed with the mean 50."""
    queue = Queue(servers=1, spread=0.01, stalls=0.002, stall=50.0)
    assert queue.slower_share(51.0, 0.0) == pytest.approx((1 - math.exp(-0.1)) * math.exp(-50 / 52.5), rel=0.02)


def test_with_load_stalls_are_work_that_others_wait_for() -> None:
    """Pollaczek and Khinchine: 0.8 * (1 + 0.5^2) / 2 / 0.2 for searches, 0.002 * 2 * 50^2 / 2 / 0.2 for stalls."""
    queue = Queue(servers=1, spread=0.5, stalls=0.002, stall=50.0)
    found = _mean(queue, 0.8) - 1
    assert found == pytest.approx(2.5 + 25.0, rel=0.02)


def _mean(queue: Queue, utilisation: float, step: float = 0.5) -> float:
    """The mean time of wait and service together: the area under the shares that take longer."""
    shares = [queue.slower_share(limit * step, utilisation) for limit in range(1, 2000)]
    return step * (1 + shares[0]) / 2 + sum(step * (a + b) / 2 for a, b in pairwise(shares))


def test_without_stalls_a_queue_is_what_it_was() -> None:
    for none in (Queue(16, 0.21, 0.0, 5.0), Queue(16, 0.21, 0.1, 0.0)):
        assert none.slower_share(2.86, 0.93) == BENCHMARK.slower_share(2.86, 0.93)


def test_tables_say_what_the_queue_says() -> None:
    for utilisation in (0.0, 0.33, 0.77, 0.9123, 0.99):
        found = read(quantiles(BENCHMARK, 0.99), utilisation)
        assert found == pytest.approx(BENCHMARK.quantile(0.99, utilisation), rel=0.01)
        share = read(slower_shares(BENCHMARK, 2.86), utilisation)
        assert share == pytest.approx(BENCHMARK.slower_share(2.86, utilisation), rel=0.05, abs=1e-6)
    assert read(quantiles(BENCHMARK, 0.99), 5.0) == read(quantiles(BENCHMARK, 0.99), HIGHEST)


def test_the_highest_utilisation_below_a_limit_is_where_the_table_reaches_it() -> None:
    table = slower_shares(BENCHMARK, 2.86)
    highest = highest_below(table, 0.01)
    assert highest is not None
    assert read(table, highest) == pytest.approx(0.01, rel=1e-9)
    assert highest_below(table, 0.0) is None
    assert highest_below(table, 1.0) == HIGHEST
