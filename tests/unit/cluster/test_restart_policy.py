"""A component that dies comes back a few times, and then no more."""

from __future__ import annotations

from tests.cluster.processes.restart_policy import MAX_RESTARTS, WINDOW_SECONDS, seconds_until_restart


def test_the_first_restart_comes_after_a_second() -> None:
    assert seconds_until_restart([100.0], now=100.0) == 1.0
    assert seconds_until_restart([100.0], now=101.0) == 0.0


def test_each_further_restart_waits_twice_as_long() -> None:
    assert seconds_until_restart([90.0, 100.0], now=100.0) == 2.0
    assert seconds_until_restart([80.0, 90.0, 100.0], now=100.0) == 4.0


def test_one_death_too_many_ends_it() -> None:
    deaths = [float(second) for second in range(MAX_RESTARTS + 1)]
    assert seconds_until_restart(deaths, now=deaths[-1]) is None


def test_old_deaths_are_forgiven() -> None:
    deaths = [0.0, 1.0, 2.0, WINDOW_SECONDS + 100.0]
    assert seconds_until_restart(deaths, now=WINDOW_SECONDS + 100.0) == 1.0
