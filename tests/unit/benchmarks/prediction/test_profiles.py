"""The loads of the runs are the same for the same seed, and ask the model something."""

from __future__ import annotations

import pytest

from tests.benchmarks.prediction.profiles import PROFILES, RUN_SECONDS, asks, rates
from vectortier.simulate.rates import INTERVAL_SECONDS

SEEDS = range(1, 20)
every_profile = pytest.mark.parametrize("profile", list(PROFILES))


def test_a_run_has_at_least_24_intervals() -> None:
    assert RUN_SECONDS >= 24 * INTERVAL_SECONDS


@every_profile
def test_a_profile_is_its_seeds(profile: str) -> None:
    assert rates(profile, 1, 100.0) == rates(profile, 1, 100.0)
    assert rates(profile, 1, 100.0) != rates(profile, 2, 100.0)


@every_profile
def test_a_rate_for_every_second_in_capacities(profile: str) -> None:
    found = rates(profile, 3, 200.0, seconds=197)
    assert len(found) == 197
    assert found == [2 * rate for rate in rates(profile, 3, 100.0, seconds=197)]
    assert all(100 <= rate <= 300 for rate in found)


@every_profile
def test_there_are_stretches_below_the_capacity_and_above_it(profile: str) -> None:
    for seed in SEEDS:
        found = rates(profile, seed, 100.0)
        assert sum(rate < 90 for rate in found) >= INTERVAL_SECONDS
        assert sum(rate > 100 for rate in found) >= INTERVAL_SECONDS


def test_a_load_that_is_quiet_all_the_time_asks_nothing() -> None:
    assert not asks([0.8] * 360)
    assert not asks([1.2] * 360)
    assert asks([0.8] * 345 + [1.2] * 15)


def test_bursts_keep_to_no_interval() -> None:
    found = rates("bursts", 1, 100.0)
    changes = [second for second in range(1, len(found)) if found[second] != found[second - 1]]
    assert len({second % INTERVAL_SECONDS for second in changes}) > 3
