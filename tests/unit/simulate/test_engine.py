"""A run, and the figures of it."""

import random
from typing import Any

import pytest

from tests.unit.simulate.builders import PROMISE, scenario
from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Look, Run, run
from vectortier.simulate.policies.optimum import Schedule
from vectortier.simulate.policies.scheduled import Scheduled
from vectortier.simulate.sensor import Sensor
from vectortier.simulate.summary import Summary, count_reversals, summarise


def planned(wanted: list[int], *copies: float, start: int = 1, **changes: Any) -> Run:
    return run(scenario(*copies, start=start, **changes), Scheduled(wanted, "Test"), random.Random(0))


def figures(ran: Run) -> Summary:
    return summarise("test", ran, PROMISE, Schedule(1, (1,)))


def test_a_tier_of_the_right_size_keeps_the_promise_at_its_capacity_exactly() -> None:
    summary = figures(planned([3] * 20, *[3.0] * 20, start=3))
    assert summary.violating_intervals_percent == 0.0
    assert summary.violating_requests_percent == pytest.approx(1.0)
    assert summary.replica_hours == pytest.approx(3 * 20 * 15 / 3600)
    assert (summary.shard_copies, summary.gigabytes_moved, summary.reversals, summary.decisions) == (0, 0.0, 0, ())


def test_a_little_more_breaks_it_everywhere() -> None:
    assert figures(planned([3] * 20, *[3.02] * 20, start=3)).violating_intervals_percent == 100.0


def test_a_copy_that_comes_late_is_late_for_as_long_as_it_takes() -> None:
    """Asked for at 0, it serves from the fifth interval on; from the second on it is needed."""
    ran = planned([2] * 10, 0.5, *[1.3] * 9, copyInterference=0)
    assert [i.serving for i in ran.intervals] == [1, 1, 1, 2, 2, 2, 2, 2, 2, 2]
    assert [i.bad_fraction > 0.01 for i in ran.intervals] == [False, True, True, True, *[False] * 6]
    assert [i.copying for i in ran.intervals] == [False, True, True, *[False] * 7]
    summary = figures(ran)
    assert (summary.shard_copies, summary.gigabytes_moved, summary.copying_intervals) == (1, 0.03, 2)
    assert [(d.t, d.action, d.nodes) for d in summary.decisions] == [(0.0, "ScaleOut", 2)]


def test_an_interval_is_over_by_copying_only_if_it_were_not_without_it() -> None:
    """One copy is near its limit while the first two intervals of copying halve it, and is short by itself after."""
    ran = planned([2] * 8, 0.5, 0.9, *[1.3] * 6, copyInterference=0.5)
    assert [i.copying for i in ran.intervals[:4]] == [False, True, True, False]
    assert [i.p99 > i.p99_without_copying for i in ran.intervals[:3]] == [False, True, True]
    summary = figures(ran)
    assert summary.copying_intervals_over_limit_percent == 100.0
    assert summary.copying_intervals_over_by_copying_percent == 50.0


def test_a_backlog_outlasts_the_overload() -> None:
    ran = planned([1] * 6, 0.5, 6.0, 0.5, 0.5, 0.5, 0.5)
    assert [i.bad_fraction > 0.5 for i in ran.intervals][:3] == [False, True, True]
    assert sum(i.ended for i in ran.intervals) == pytest.approx(sum(i.offered for i in ran.intervals), rel=0.01)


def test_a_policy_is_asked_when_it_wants_to_be_and_at_most_once_a_second() -> None:
    class Curious:
        def __init__(self) -> None:
            self.asked: list[float] = []

        def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
            self.asked.append(now)
            return Look(None, 0.0 if now < 3 else 6.5)

    curious = Curious()
    run(scenario(0.5, 0.5), curious, random.Random(0))
    assert curious.asked == [0.0, 1.0, 2.0, 3.0, 9.5, 16.0, 22.5, 29.0]


def test_what_changes_within_an_interval_counts_for_its_part_of_it() -> None:
    """A source is read for 6 s of 15, and works at its limit as long: 60 % of its cores are left."""

    class Copier:
        def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
            tier.copy_shard(tier.nodes[0], now)
            return Look()

    slowed = scenario(0.5, bytesPerCopy=6_000_000, copyInterference=0.4)
    whole, part = slowed.load.searches[0] / 100, slowed.load.searches[0] / 60
    found = run(slowed, Copier(), random.Random(0)).intervals[0]
    assert found.utilisation == pytest.approx((6 * part + 9 * whole) / 15)


def test_going_back_within_ten_minutes_is_a_reversal() -> None:
    assert count_reversals([(0.0, 1), (600.0, -1), (1201.0, 2), (1300.0, 1), (1400.0, -1)]) == 2
