"""What a number of copies can take."""

import math

import pytest

from tests.unit.simulate.builders import PROMISE, capacity, load, model
from vectortier.model.load import BUDGET
from vectortier.simulate.capacity import NoCapacityError, Promise, capacity_of_one, copies_asked_for
from vectortier.simulate.model import default_model
from vectortier.simulate.rates import Rates, in_intervals
from vectortier.simulate.searches import Circumstances, pass_time
from vectortier.simulate.simulation import scale_to_copies


def bad_share(rate: float, copies: float, writes: float = 0.0) -> float:
    passed = pass_time(model(), PROMISE, Circumstances(rate, writes, copies, 0.0), 0.0, 15.0)
    return passed.bad / passed.offered


@pytest.mark.parametrize("copies", [1, 3, 12])
def test_at_capacity_exactly_the_budget_is_bad(copies: int) -> None:
    assert bad_share(copies * capacity(), copies) == pytest.approx(BUDGET)
    assert bad_share(1.01 * copies * capacity(), copies) > BUDGET


def test_the_default_copy_keeps_8_ms_up_to_nine_tenths_of_its_cores() -> None:
    saturated = 16 / 0.0028
    assert capacity_of_one(default_model(), Promise(0.008)) / saturated == pytest.approx(0.92, abs=0.02)


def test_writes_take_capacity_and_then_all_of_it() -> None:
    with_writes = capacity_of_one(model(), PROMISE, writes_per_second=200)
    assert bad_share(2 * with_writes, 2, writes=200) == pytest.approx(BUDGET)
    assert capacity_of_one(model(), PROMISE, writes_per_second=2000) == 0.0


def test_a_promise_that_a_single_search_breaks_is_refused() -> None:
    with pytest.raises(NoCapacityError, match="the promise of 41 ms cannot be kept at any rate"):
        capacity_of_one(model(), Promise(0.041))


def test_a_load_asks_for_copies_in_capacities_of_one() -> None:
    asked_for = copies_asked_for(model(), PROMISE, load(0.0, 1.0, 2.5))
    assert asked_for == pytest.approx((0.0, 1.0, 2.5))
    assert copies_asked_for(model(), PROMISE, load(1.0, writes=2000)) == (math.inf,)


def test_the_last_digit_of_a_quotient_costs_no_copy() -> None:
    for copies in range(1, 60):
        scaled = scale_to_copies(Rates([157.3], [0.0]), copies, model(), PROMISE)
        assert math.ceil(copies_asked_for(model(), PROMISE, in_intervals(scaled))[0]) == copies


def test_once_drift_has_made_searches_too_slow_no_number_of_copies_is_enough() -> None:
    asked_for = copies_asked_for(model(searchDrift=3.0), PROMISE, load(*[1.0] * 11))
    assert asked_for[0] == pytest.approx(1.0)
    assert asked_for[-1] == math.inf


def test_drift_makes_the_same_load_ask_for_more() -> None:
    asked_for = copies_asked_for(model(searchDrift=0.3), PROMISE, load(*[1.0] * 11))
    assert list(asked_for) == sorted(asked_for)
    assert asked_for[-1] > 1.3, "slower searches also have less time to wait"
