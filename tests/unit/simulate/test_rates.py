"""Rates, their peak, and the intervals that they are simulated in."""

import pytest

from vectortier.simulate.rates import Rates, in_intervals


def test_intervals_are_means_of_fifteen_seconds_and_the_last_of_those_that_it_has() -> None:
    load = in_intervals(Rates([1.0] * 10 + [4.0] * 10, [0.0] * 15 + [6.0] * 5))
    assert load.searches == pytest.approx((2.0, 4.0))
    assert load.writes == pytest.approx((0.0, 6.0))


def test_one_second_in_a_thousand_may_be_above_the_peak() -> None:
    assert Rates([1.0] * 999 + [50.0], [0.0] * 1000).peak() == 1.0
    assert Rates([1.0] * 998 + [50.0] * 2, [0.0] * 1000).peak() == 50.0


def test_scaling_leaves_writes_alone() -> None:
    scaled = Rates([1.0, 2.0], [3.0, 4.0]).scaled(10)
    assert (list(scaled.searches), list(scaled.writes)) == ([10.0, 20.0], [3.0, 4.0])
