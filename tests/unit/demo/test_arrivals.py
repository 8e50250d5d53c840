"""Arrivals: open loop, reproducible, and true to the rate whenever it changes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.demo.arrivals import Arrivals


def taken_until(arrivals: Arrivals, end: float) -> list[float]:
    found = []
    while (due := arrivals.due()) is not None and due < end:
        found.append(arrivals.take())
    return found


def test_the_same_seed_gives_the_same_times_and_searches() -> None:
    runs = []
    for _ in range(2):
        arrivals = Arrivals(seed=7, start=10.0, rate=50.0)
        runs.append([(arrivals.take(), arrivals.pick(100)) for _ in range(200)])
    assert runs[0] == runs[1]
    other = Arrivals(seed=8, start=10.0, rate=50.0)
    assert runs[0][0][0] != other.take()


def test_the_number_of_requests_is_the_rate_times_the_time() -> None:
    assert len(taken_until(Arrivals(1, 0.0, 100.0), 100.0)) == pytest.approx(10_000, rel=0.05)


def test_gaps_vary_as_those_of_independent_users_do() -> None:
    times = taken_until(Arrivals(1, 0.0, 100.0), 100.0)
    gaps = [after - before for before, after in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert deviation == pytest.approx(mean, rel=0.1)  # an exponential distribution's is its mean; an even pace's is 0


def test_a_change_of_rate_neither_loses_nor_doubles_a_request() -> None:
    arrivals = Arrivals(1, 0.0, 10.0)
    before = taken_until(arrivals, 100.0)
    arrivals.change_rate(40.0, 100.0)
    after = taken_until(arrivals, 200.0)
    assert len(before) == pytest.approx(1_000, rel=0.1)
    assert len(after) == pytest.approx(4_000, rel=0.1)
    assert after[0] >= 100.0


def test_many_changes_of_rate_keep_the_rate() -> None:
    arrivals = Arrivals(1, 0.0, 20.0)
    count = 0
    for step in range(1, 4001):
        count += len(taken_until(arrivals, step / 20))
        arrivals.change_rate(20.0, step / 20)
    assert count == pytest.approx(4_000, rel=0.1)


def test_a_rate_of_zero_pauses_and_goes_on_later() -> None:
    arrivals = Arrivals(1, 0.0, 10.0)
    taken_until(arrivals, 5.0)
    arrivals.change_rate(0.0, 5.0)
    assert arrivals.due() is None
    arrivals.change_rate(10.0, 60.0)
    assert arrivals.take() > 60.0
