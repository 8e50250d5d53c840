"""What a copy can do, learned from what nodes use, beside a tier whose truth is known."""

import math
import random

import pytest

from vectortier.decide.estimate.capacity import (
    HIGHEST,
    LEAST_TRUST,
    LOWEST,
    PRIOR,
    Seen,
    copies_needed,
    learn_capacity,
    utilisation_limit,
)
from vectortier.decide.estimate.queueing import waiting_share
from vectortier.model.learned import Capacity
from vectortier.simulate.capacity import Promise, capacity_of_one
from vectortier.simulate.model import model_with

SEARCH, WRITE = 0.002, 0.004
PROMISE = 0.1


def seen(searches: float, writes: float = 0.0, **changes: object) -> Seen:
    used = SEARCH * searches + WRITE * writes
    usual = {"utilisation": used, "bad_share": 0.0, "median_seconds": 0.008}
    return Seen(searches, writes, **{**usual, **changes})  # type: ignore[arg-type]


def learned(*intervals: Seen, promise: float = PROMISE) -> Capacity:
    capacity = Capacity()
    for interval in intervals:
        capacity = learn_capacity(capacity, interval, promise)
    return capacity


def test_nothing_is_known_before_anything_was_seen() -> None:
    assert copies_needed(Capacity(), 100.0, 0.0, PROMISE) is None
    assert learned(seen(0.0)).search_cost is None


def test_costs_are_found_from_noisy_intervals() -> None:
    draw = random.Random(3)
    intervals = []
    for _ in range(200):
        s, w = draw.uniform(100, 350), draw.uniform(0, 60)
        exact = seen(s, w)
        intervals.append(seen(s, w, utilisation=exact.utilisation * draw.gauss(1, 0.02)))
    found = learned(*intervals)
    assert found.search_cost == pytest.approx(SEARCH, rel=0.05)
    assert found.write_cost == pytest.approx(WRITE, rel=0.15)


def test_searches_that_become_dearer_are_followed() -> None:
    intervals = [seen(200.0, utilisation=200 * SEARCH * (1 + 0.3 * i / 240)) for i in range(240)]
    assert learned(*intervals).search_cost == pytest.approx(1.3 * SEARCH, rel=0.03)


def test_a_node_that_is_full_teaches_no_cost() -> None:
    found = learned(*[seen(200.0)] * 20)
    assert learn_capacity(found, seen(900.0, utilisation=1.0, bad_share=0.5), PROMISE).search_cost == found.search_cost


@pytest.mark.parametrize("most", [0.9, 0.97])
def test_a_node_that_cannot_use_all_of_its_time_teaches_no_cost_while_it_is_asked_for_more(most: float) -> None:
    """Nodes that answer no more than 500 searches a second are shown as less than full."""
    found = learned(*[seen(400.0)] * 20)
    for _ in range(20):
        found = learn_capacity(found, seen(900.0, utilisation=most, bad_share=0.5), PROMISE)
    assert found.search_cost == pytest.approx(SEARCH, rel=0.02)


def test_writes_take_their_part_of_every_copy() -> None:
    found = learned(*[seen(200.0, 20.0)] * 20)
    limit = utilisation_limit(found, PROMISE)
    alone, beside = (copies_needed(found, 1000.0, w, PROMISE) for w in (0.0, 50.0))
    assert alone is not None
    assert beside is not None
    assert beside / alone == pytest.approx(limit / (limit - found.write_cost * 50.0))
    assert copies_needed(found, 1000.0, 1000.0, PROMISE) == math.inf


@pytest.mark.parametrize(
    ("milliseconds", "cores", "promise"), [(2.8, 16, 0.008), (40.0, 4, 0.1), (8.0, 1, 0.1), (5.0, 8, 0.05)]
)
def test_the_formula_is_near_the_tier_model(milliseconds: float, cores: int, promise: float) -> None:
    """The model has the whole distribution; the formula must not be more generous by more than three per cent, nor
    more careful by more than an eighth."""
    model = model_with({"searchMilliseconds": milliseconds, "coresPerCopy": cores})
    true = capacity_of_one(model, Promise(promise)) * milliseconds / 1000 / cores
    found = Capacity(search_cost=milliseconds / 1000 / cores, median_seconds=0.98 * milliseconds / 1000)
    assert 0.875 * min(true, HIGHEST) <= utilisation_limit(found, promise) <= 1.03 * true


def test_late_searches_near_the_limit_lower_it_and_it_recovers_slowly() -> None:
    calm = learned(*[seen(200.0)] * 20)
    limit = utilisation_limit(calm, PROMISE)
    near = seen(0.9 * limit / SEARCH, bad_share=0.05)
    shaken = learn_capacity(calm, near, PROMISE)
    assert utilisation_limit(shaken, PROMISE) < limit
    for _ in range(1000):
        shaken = learn_capacity(shaken, near, PROMISE)
    assert shaken.trust >= LEAST_TRUST
    again = shaken
    for _ in range(2000):
        again = learn_capacity(again, seen(100.0), PROMISE)
    assert utilisation_limit(again, PROMISE) == pytest.approx(limit, rel=0.02)


def test_late_searches_far_below_the_limit_have_another_cause() -> None:
    calm = learned(*[seen(200.0)] * 20)
    far = seen(0.3 * utilisation_limit(calm, PROMISE) / SEARCH, bad_share=0.5)
    assert learn_capacity(calm, far, PROMISE).trust == calm.trust


def test_good_searches_above_the_limit_raise_it() -> None:
    calm = learned(*[seen(200.0)] * 20, promise=0.02)
    above = seen(1.1 * utilisation_limit(calm, 0.02) / SEARCH, bad_share=0.001)
    assert learn_capacity(calm, above, 0.02).trust > calm.trust


CLOSE = 0.012
"""A promise that the formula thinks can be kept by nodes that are hardly busy."""


def at_ease(used: float, tail_seconds: float, **changes: object) -> Seen:
    return seen(used / SEARCH, tail_seconds=tail_seconds, **changes)


def test_a_p99_that_shows_room_raises_the_limit_before_anything_is_late() -> None:
    calm = learned(*[seen(100.0)] * 20, promise=CLOSE)
    assert utilisation_limit(calm, CLOSE) < 0.45
    for _ in range(200):
        calm = learn_capacity(calm, at_ease(0.38, tail_seconds=0.009), CLOSE)
    assert utilisation_limit(calm, CLOSE) == pytest.approx(PRIOR * (1 - 0.5 * (1 - 0.38)), rel=0.02), "half of the idle"


@pytest.mark.parametrize(
    ("tail_seconds", "changes"),
    [
        (0.0119, {}),  # all of the promise is used
        (0.009, {"bad_share": 0.009}),  # nearly too many are late
        (0.009, {"steady": False}),
    ],
)
def test_a_p99_that_shows_no_room_does_not(tail_seconds: float, changes: dict[str, object]) -> None:
    calm = learned(*[seen(100.0)] * 20, promise=CLOSE)
    after = learn_capacity(calm, at_ease(0.38, tail_seconds, **changes), CLOSE)
    assert utilisation_limit(after, CLOSE) == utilisation_limit(calm, CLOSE)


def test_while_copies_are_made_costs_are_learned_and_the_limit_is_not() -> None:
    calm = learned(*[seen(200.0)] * 20)
    late = seen(420.0, bad_share=0.5, steady=False, utilisation=420 * SEARCH * 1.1)
    found = learn_capacity(calm, late, PROMISE)
    assert found.trust == calm.trust
    assert (found.search_cost or 0) > (calm.search_cost or 0)


def test_a_median_of_an_overload_is_no_service_time() -> None:
    calm = learned(*[seen(200.0)] * 20)
    assert learn_capacity(
        calm, seen(300.0, bad_share=0.9, median_seconds=5.0), PROMISE
    ).median_seconds == pytest.approx(calm.median_seconds)


def test_a_promise_that_a_single_search_breaks_leaves_the_least() -> None:
    found = learned(*[seen(200.0, median_seconds=0.2)] * 20)
    assert utilisation_limit(found, PROMISE) == LOWEST


def test_erlangs_formula() -> None:
    assert waiting_share(1, 0.7) == pytest.approx(0.7), "one server: the share of its time that it is busy"
    assert waiting_share(2, 0.5) == pytest.approx(1 / 3)
    assert waiting_share(16, 0.5) < 0.05 < waiting_share(16, 0.9)
