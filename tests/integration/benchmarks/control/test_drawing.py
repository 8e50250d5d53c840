"""Loads are drawn: the same seed gives the same, and what is drawn is true to the shape."""

import math
import random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.control.loads.drawing import MEMORY_SECONDS, PEAK, RESTLESSNESS, draw_rates


def flat(_: float) -> float:
    return 0.5


@given(seed=st.integers(0, 2**32), seconds=st.integers(1, 200))
def test_the_same_seed_gives_the_same_load(seed: int, seconds: int) -> None:
    first, again = (draw_rates(flat, seconds, random.Random(seed)) for _ in range(2))
    assert first == again
    assert len(first.searches) == len(first.writes) == seconds
    assert all(rate > 0 for rate in first.searches)


def test_another_seed_gives_another_load() -> None:
    one, two = (draw_rates(flat, 100, random.Random(seed)) for seed in (1, 2))
    assert one.searches != two.searches


def test_rates_vary_by_two_per_cent_around_the_shape() -> None:
    logarithms = [math.log(rate / (0.5 * PEAK)) for rate in draw_rates(flat, 100_000, random.Random(1)).searches]
    assert fmean(logarithms) == pytest.approx(0.0, abs=0.002)
    assert stdev(logarithms) == pytest.approx(RESTLESSNESS, rel=0.05)


def test_a_deviation_wears_off_within_minutes_and_not_within_seconds() -> None:
    logarithms = [math.log(rate / (0.5 * PEAK)) for rate in draw_rates(flat, 100_000, random.Random(1)).searches]
    assert kept(logarithms, 1) > 0.95
    assert kept(logarithms, int(MEMORY_SECONDS)) == pytest.approx(math.exp(-1), abs=0.05)
    assert abs(kept(logarithms, 10 * int(MEMORY_SECONDS))) < 0.1


def test_writes_are_exactly_those_of_their_shape() -> None:
    rates = draw_rates(flat, 3, random.Random(1), writes=lambda second: 10 * second)
    assert rates.writes == [0, 10, 20]


def kept(values: list[float], later: int) -> float:
    """The autocorrelation."""
    pairs = zip(values, values[later:], strict=False)
    return fmean(a * b for a, b in pairs) / fmean(v * v for v in values)
