"""Forecasts: how demand goes on, how sure that is, and what a day is like."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectortier.decide.estimate.days import QUARTER_SECONDS, is_better, learn_day, usual_growth
from vectortier.decide.estimate.demand import (
    INTERVAL_SECONDS,
    KEPT_ERRORS,
    KEPT_RATES,
    LONGEST_HORIZON,
    Outlook,
    learn_demand,
)
from vectortier.model.learned import Days, Demand

HORIZON = 11


def learned(rates: list[float], horizon: int = HORIZON, start: float = 0.0) -> Demand:
    demand = Demand()
    for number, rate in enumerate(rates, 1):
        demand = learn_demand(demand, rate, horizon, start + INTERVAL_SECONDS * number)
    return demand


def test_demand_that_grows_is_forecast_to_go_on_and_to_wear_off() -> None:
    demand = learned([100 * 1.02**i for i in range(40)])
    last = demand.rates[-1]
    said = Outlook(demand, 600.0).rate(HORIZON)
    assert last * 1.02**6 < said < last * 1.02**HORIZON


def test_one_jump_is_no_trend() -> None:
    demand = learned([100.0, 101.0, 99.0, 100.0] * 8 + [200.0])
    assert Outlook(demand, 495.0).rate(HORIZON) < 240.0


def test_a_trend_of_a_few_rates_counts_for_little() -> None:
    """Growth that has been seen for a minute is taken for a part of what it would be after three."""
    few, many = [learned([100 * 1.02**i for i in range(count)]) for count in (4, 12)]
    grown = [math.log(Outlook(demand, 600.0).rate(HORIZON) / demand.rates[-1]) for demand in (few, many)]
    assert grown[0] == pytest.approx(3 / 11 * grown[1])


def test_nobody_who_asks_is_forecast_as_nobody() -> None:
    assert Outlook(learned([50.0] * 20 + [0.0]), 315.0).rate(HORIZON) == 0.0
    assert Outlook(Demand(), 0.0).rate_at_most(HORIZON, 0.9) == 0.0


def test_forecasts_that_were_too_low_are_made_up_for() -> None:
    """A rate that doubles again and again after quiet minutes: no trend shows it, its errors do."""
    bursts = ([100.0, 101.0] * 8 + [200.0, 201.0] * 8) * 6
    quiet = [100.0, 101.0] * 96
    assert max(learned(bursts).errors) > max(learned(quiet).errors)
    steady, restless = learned(quiet), learned([*bursts, 100.0, 101.0])
    assert Outlook(restless, 0.0).rate_at_most(HORIZON, 0.9) > 1.3 * Outlook(steady, 0.0).rate_at_most(HORIZON, 0.9)


def test_a_tier_that_is_new_is_given_more_than_one_whose_forecasts_were_good() -> None:
    draw = random.Random(1)
    rates = [100 * math.exp(draw.gauss(0, 0.01)) for _ in range(400)]
    old = learned(rates)
    new = old.model_copy(update={"errors": ()})
    assert Outlook(new, 0.0).rate_at_most(HORIZON, 0.95) > 1.02 * Outlook(old, 0.0).rate_at_most(HORIZON, 0.95)


def test_what_turns_back_at_the_same_height_again_and_again_is_not_forecast_to_pass_it() -> None:
    sawtooth = [50.0 + 5.0 * (i % 11) for i in range(900)]
    demand = learned([*sawtooth, 90.0, 95.0, 100.0])
    assert Outlook(demand, 0.0).rate_at_most(HORIZON, 0.95) < 125.0


def test_only_so_much_is_kept() -> None:
    demand = learned([100.0 + i % 7 for i in range(1000)])
    assert (len(demand.rates), len(demand.errors)) == (KEPT_RATES, KEPT_ERRORS)
    assert len(demand.model_dump_json()) < 6000


@given(
    st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=90),
    st.integers(min_value=1, max_value=LONGEST_HORIZON),
)
def test_whatever_came_a_forecast_is_a_finite_rate(rates: list[float], horizon: int) -> None:
    demand = learned(rates, horizon)
    said = [Outlook(demand, 15.0 * len(rates)).rate_at_most(horizon, share) for share in (0.5, 0.7, 0.95)]
    assert all(math.isfinite(rate) and rate >= 0 for rate in said)
    assert all(low <= high for low, high in pairwise(said)), "to be surer takes at least as much"


DAY = 86_400.0


def day_after_day(days: float, alike: bool = True) -> Demand:
    """Quiet until noon, five times as much within half an hour then, for six hours; or at any time instead."""
    demand, draw = Demand(), random.Random(2)
    begins = [0.5 if alike else draw.uniform(0.1, 0.9) for _ in range(math.ceil(days))]
    for number in range(int(days * DAY / INTERVAL_SECONDS)):
        at = INTERVAL_SECONDS * (number + 1)
        since = (at % DAY) - begins[int((at - 1) // DAY)] * DAY
        share = max(0.0, min(1.0, since / 1800, (6 * 3600 - since) / 1800))
        rate = (100 + 400 * share) * math.exp(draw.gauss(0, 0.01))
        demand = learn_demand(demand, rate, HORIZON, at)
    return demand


def test_a_day_like_others_is_forecast_by_them() -> None:
    noon = 4.5 * DAY - INTERVAL_SECONDS
    demand = day_after_day(4.5 - INTERVAL_SECONDS / DAY)
    assert is_better(demand.days)
    assert Outlook(demand, noon).rate(40) > 1.4 * demand.rates[-1]


def test_days_that_are_not_alike_say_nothing() -> None:
    demand = day_after_day(4.5 - INTERVAL_SECONDS / DAY, alike=False)
    assert not is_better(demand.days)


def test_a_quarter_that_no_day_has_shown_says_nothing() -> None:
    days = Days()
    for number in range(8):
        days = learn_day(days, 100.0, QUARTER_SECONDS * (number + 0.5))
    assert usual_growth(days, 2.5 * QUARTER_SECONDS, QUARTER_SECONDS) == pytest.approx(1.0)
    assert usual_growth(days, 40 * QUARTER_SECONDS, QUARTER_SECONDS) is None


def test_the_record_wears_off_faster_the_more_often_demand_turns_back_at_its_height() -> None:
    steady = [100.0 + i % 3 for i in range(330)]
    sawtooth = [50.0 + 5.0 * (i % 11) for i in range(330)]
    assert learned(sawtooth).record < 0.5 * learned(steady).record


def test_demand_that_falls_from_half_its_height_is_no_turn() -> None:
    high = [*[100.0] * 30, *[50.0] * 12]
    low = [*high, 40.0, 30.0, 45.0, 30.0]
    assert learned(low).record == pytest.approx(learned(high).record * 0.997**4, rel=1e-4)
