"""A fit finds the parameters again that levels were made with."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from statistics import NormalDist

import pytest

from tests.benchmarks.prediction.driving import Driven
from tests.benchmarks.prediction.fitting import LIMITS, Tail, fit, lognormal, lowest, predicted, tail
from tests.benchmarks.prediction.levels import LEVEL_SECONDS, SHARES, Level, Levels, answers_per_second, is_disturbed
from tests.demo.requestlog import Request
from vectortier.gateway.settings import Limits
from vectortier.simulate.capacity import Promise, capacity_of_one
from vectortier.simulate.model import TierModel, model_with
from vectortier.simulate.searches import Circumstances, pass_time

SLO = 250
NODE = {"searchMilliseconds": 3.2, "searchSpread": 0.6, "stallsPerSecond": 1.2, "stallMilliseconds": 70.0}


def node(**changes: float) -> TierModel:
    return model_with({**NODE, "coresPerCopy": 1, "searchesInFlight": 1024, **changes})


def level(rate: float, milliseconds: list[float], seconds: int) -> Level:
    """Searches at even distances that take these times in turn."""
    count = round(rate * seconds)
    taken = [milliseconds[i % len(milliseconds)] for i in range(count)]
    dues = [i / rate for i in range(count)]
    requests = tuple(Request(due, 0.0, due + one / 1000, "OK") for due, one in zip(dues, taken, strict=True))
    return Level(rate, Driven(seconds, requests))


def made(model: TierModel) -> Levels:
    """Levels of which just the shares are late that the model says, and a low one with its service times."""
    saturated = 1000 * model.cores_per_copy / model.search_milliseconds
    sigma = math.sqrt(math.log1p(model.search_spread**2))
    quantiles = [NormalDist(-(sigma**2) / 2, sigma).inv_cdf((i + 0.5) / 600) for i in range(600)]
    low = level(30, [model.search_milliseconds * math.exp(one) for one in quantiles], 20)
    return Levels(low, saturated, tuple(_level(model, share * saturated) for share in SHARES))


def _level(model: TierModel, rate: float) -> Level:
    bounds = [share * SLO for share in LIMITS]
    later = [predicted(model, Tail(rate, LEVEL_SECONDS, 0, {}), limit) for limit in bounds]
    count = round(rate * LEVEL_SECONDS)
    numbers = [count, *(round(count * share) for share in later), 0]
    taken = [1.0, *(limit + 1 for limit in bounds)]
    times = [time for i, time in enumerate(taken) for _ in range(numbers[i] - numbers[i + 1])]
    return level(rate, times, LEVEL_SECONDS)


@pytest.mark.parametrize("changes", [{}, {"stallsPerSecond": 0.2}, {"searchMilliseconds": 4.5, "stallsPerSecond": 2.0}])
def test_the_parameters_are_found_again(changes: Mapping[str, float]) -> None:
    model = node(**changes)
    found = model_with(dict(fit(made(model), SLO, 0.3)))
    assert found.cores_per_copy == 1
    assert found.search_spread == pytest.approx(model.search_spread, rel=0.02)
    assert found.search_milliseconds == pytest.approx(model.search_milliseconds, rel=0.02)
    assert found.stall_milliseconds == 70.0
    assert found.stalls_per_second == pytest.approx(model.stalls_per_second, rel=0.1)
    capacities = [capacity_of_one(one, Promise(SLO / 1000)) for one in (found, model)]
    assert capacities[0] == pytest.approx(capacities[1], rel=0.02)


def test_one_disturbed_level_does_not_decide() -> None:
    found = made(node())
    disturbed = level(found.others[1].rate, [1.0, 400.0], LEVEL_SECONDS)
    changed = replace(found, others=(found.others[0], disturbed, *found.others[2:]))
    capacities = [
        capacity_of_one(model_with(dict(fit(one, SLO, 0.3))), Promise(SLO / 1000)) for one in (found, changed)
    ]
    assert capacities[1] == pytest.approx(capacities[0], rel=0.03)


def test_a_fit_says_what_else_the_runs_need() -> None:
    found = fit(made(node()), SLO, 0.3)
    assert (found["searchesInFlight"], found["lateSpells"], found["samplingNoise"]) == (Limits().searches, True, False)


@pytest.mark.parametrize("rate", [50.0, 250.0, 310.0, 330.0, 500.0])
def test_what_a_level_is_compared_with_is_what_the_simulation_says(rate: float) -> None:
    passed = pass_time(node(), Promise(0.25), Circumstances(rate, 0.0, 1.0, 0.0), 0.0, 24)
    found = predicted(node(), Tail(rate, 24, 0, {}), 250.0)
    assert found == pytest.approx(passed.bad / passed.offered, rel=0.05, abs=2e-5)


def test_the_rate_of_a_level_is_the_offered_one() -> None:
    found = tail(Level(100.0, level(90.0, [10.0, 300.0], 20).driven), SLO)
    assert (found.rate, found.searches) == (90.0, 1800)
    assert found.later == {100.0: 0.5, 150.0: 0.5, 200.0: 0.5, 250.0: 0.5, 350.0: 0.0}


def test_a_few_outliers_are_no_spread() -> None:
    draw = random.Random(1)
    times = [4.0 * math.exp(0.5 * draw.gauss(0, 1)) for _ in range(2000)]
    mean, spread = lognormal([*times, *[400.0] * 10])
    assert mean == pytest.approx(4.0 * math.exp(0.125), rel=0.05)
    assert spread == pytest.approx(math.sqrt(math.expm1(0.25)), rel=0.1)


def test_refusals_are_no_answers() -> None:
    answered = [Request(0.0, 0.0, i / 100, "OK") for i in range(1500)]
    refused = [Request(0.0, 0.0, i / 100, "UNAVAILABLE") for i in range(1500)]
    assert answers_per_second(Driven(10, tuple(answered + refused))) == pytest.approx(100.0)


def test_a_level_is_disturbed_when_its_client_was_held_up() -> None:
    calm = level(100.0, [900.0], 10).driven
    assert not is_disturbed(calm)
    held_up = [replace(one, late=0.05) if i % 40 == 0 else one for i, one in enumerate(calm.requests)]
    assert is_disturbed(replace(calm, requests=tuple(held_up)))


def test_a_search_for_the_lowest_point_follows_a_bent_valley() -> None:
    found = lowest(lambda p: (p[0] - 2) ** 2 + (p[1] - p[0] / 2) ** 2, (0.0, 5.0), (1.0, 1.0))
    assert found == pytest.approx((2.0, 1.0), abs=0.1)
