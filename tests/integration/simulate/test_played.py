"""The model against a tier that is played, search by search: below capacity, above it, and while a backlog goes."""

import heapq
import math
import random

import pytest

from tests.unit.simulate.builders import PROMISE, scenario
from vectortier.simulate.engine import Scenario, run
from vectortier.simulate.policies.scheduled import Scheduled
from vectortier.simulate.rates import INTERVAL_SECONDS

LEVELS = (0.5, 0.9, 1.0, 1.2, 1.35, 1.6, 0.5)
"""Copies asked for, of one; the last begins with what the overload before it has left."""
INTERVALS = 4
"""At each level."""
PLAYS = 15


def played(given: Scenario) -> list[float]:
    """The share of bad searches in each interval: arrivals at random, service in order by whichever core is free."""
    model = given.model
    sigma, mean = math.sqrt(math.log1p(model.search_spread**2)), model.search_seconds(0.0)
    came, bad = [0] * len(given.load), [0] * len(given.load)
    for seed in range(PLAYS):
        draw, free = random.Random(seed), [0.0] * model.cores_per_copy
        for number, rate in enumerate(given.load.searches):
            now = number * INTERVAL_SECONDS + draw.expovariate(rate)
            while now < (number + 1) * INTERVAL_SECONDS:
                ends = max(now, heapq.heappop(free)) + mean * draw.lognormvariate(-(sigma**2) / 2, sigma)
                heapq.heappush(free, ends)
                came[number] += 1
                bad[number] += ends - now > PROMISE.seconds
                now += draw.expovariate(rate)
    return [b / c for b, c in zip(bad, came, strict=True)]


def test_as_many_searches_are_bad_as_where_each_is_played() -> None:
    given = scenario(*[level for level in LEVELS for _ in range(INTERVALS)])
    ran = run(given, Scheduled([1] * len(given.load), "Test"), random.Random(0))
    modelled = by_level([interval.bad_fraction for interval in ran.intervals])
    for level, really, model in zip(LEVELS, by_level(played(given)), modelled, strict=True):
        assert model == pytest.approx(really, rel=0.15, abs=0.004), f"at {level} copies"


def by_level(shares: list[float]) -> list[float]:
    return [sum(shares[i : i + INTERVALS]) / INTERVALS for i in range(0, len(shares), INTERVALS)]
