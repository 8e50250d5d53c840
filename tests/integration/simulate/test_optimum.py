"""The optimum against every schedule that there is, and against the engine that judges all policies."""

import random
from collections.abc import Iterator

import pytest

from tests.unit.simulate.builders import PROMISE, load, model
from vectortier.simulate.capacity import copies_asked_for
from vectortier.simulate.engine import Scenario, run
from vectortier.simulate.model import TierModel
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.optimum import Schedule, optimum
from vectortier.simulate.policies.scheduled import Scheduled
from vectortier.simulate.rates import Load
from vectortier.simulate.summary import Summary, summarise

Cost = tuple[int, int, int]
"""Violations, replica intervals, copies."""
QUICK = model(bootSeconds=0, bytesPerCopy=15_000_000, copyInterference=0.4)
"""Two intervals for a copy, the first of which is interference."""
SLOW = model(copyInterference=0.3)
"""Four intervals, the middle two of which are."""


def cost_of(wanted: tuple[int, ...], asked_for: list[float], tier_model: TierModel, start: int) -> Cost:
    """What a schedule costs if all that it adds comes in batches, as the optimum's does."""
    first, after = tier_model.transfer_intervals
    serving, batch, age = start, 0, 0
    late = copies = 0
    for now, asked in zip(wanted, asked_for, strict=True):
        if batch and age == tier_model.delay_intervals:
            serving, batch = serving + batch, 0
        if not batch:
            batch, age = max(0, now - serving), 0
            copies += batch
        serving = now - batch
        reading = batch if first <= age < after else 0
        late += asked > tier_model.effective_copies(serving, reading)
        age += 1
    return late, sum(wanted), copies


def every_schedule(length: int, bounds: Bounds, tier_model: TierModel, start: int) -> Iterator[tuple[int, ...]]:
    """All that could be wanted: also to drop copies that serve while others are in flight."""

    def go_on(done: tuple[int, ...], serving: int, batch: int, age: int) -> Iterator[tuple[int, ...]]:
        if len(done) == length:
            yield done
            return
        if batch and age == tier_model.delay_intervals:
            serving, batch = serving + batch, 0
        for kept in range(bounds.least, serving + 1):
            batches = [batch] if batch else range(bounds.most - kept + 1)
            for more in batches:
                yield from go_on((*done, kept + more), kept, more, age + 1 if batch else 1)

    yield from go_on((), start, 0, 0)


@pytest.mark.parametrize(("tier_model", "length", "most"), [(QUICK, 6, 3), (SLOW, 8, 3)])
def test_no_schedule_is_better(tier_model: TierModel, length: int, most: int) -> None:
    for seed in range(60):
        draw = random.Random(seed)
        start, bounds = draw.randint(1, most), Bounds(1, most)
        asked_for = [draw.choice([0.5, 0.9, 1.5, 1.9, 2.5, 2.9, 3.5]) for _ in range(length)]
        schedules = every_schedule(length, bounds, tier_model, start)
        best = min(cost_of(wanted, asked_for, tier_model, start) for wanted in schedules)
        found = optimum(asked_for, tier_model, bounds, start)
        assert cost_of(found.wanted, asked_for, tier_model, start) == best, f"seed {seed}: {asked_for}"


@pytest.mark.parametrize("seed", range(10))
def test_the_engine_agrees_about_what_the_optimum_costs_and_keeps(seed: int) -> None:
    draw = random.Random(seed)
    copies = [3.0]
    for _ in range(200):
        copies.append(min(9.0, max(0.5, copies[-1] + draw.uniform(-0.4, 0.4))))
    asked_for = copies_asked_for(SLOW, PROMISE, load(*copies))
    schedule = optimum(asked_for, SLOW, Bounds(1, 10), 5)
    summary = judge(load(*copies), schedule, start=5)
    assert summary.violating_intervals_percent == 0.0
    assert summary.replica_hours == pytest.approx(schedule.replica_hours)


def test_one_copy_less_anywhere_breaks_the_promise_or_is_no_schedule() -> None:
    """The optimum has nothing to spare: a copy dropped a step earlier is missed."""
    copies = [2.5, 2.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 2.4, 2.4]
    schedule = optimum(copies_asked_for(SLOW, PROMISE, load(*copies)), SLOW, Bounds(1, 10), 3)
    for i, wanted in enumerate(schedule.wanted):
        less = (*schedule.wanted[:i], wanted - 1, *schedule.wanted[i + 1 :])
        assert wanted == 1 or judge(load(*copies), Schedule(3, less), start=3).violating_intervals_percent > 0


def test_where_a_violation_cannot_be_avoided_there_are_as_few_as_can_be() -> None:
    """The load doubles at once, and a copy takes four intervals: it is late for two, and costs one while it is made."""
    asked_for = [0.9, 0.9, *[1.8] * 6]
    schedule = optimum(asked_for, SLOW, Bounds(1, 5), 1)
    assert cost_of(schedule.wanted, asked_for, SLOW, 1)[0] == 2 + 1


def test_it_may_choose_what_it_starts_with() -> None:
    asked_for = [0.9, 0.9, 1.8, 2.8, 1.8, 0.9, 0.9, 0.9]
    chosen = optimum(asked_for, SLOW, Bounds(1, 5))
    given = [optimum(asked_for, SLOW, Bounds(1, 5), start) for start in range(1, 6)]
    costs = [cost_of(schedule.wanted, asked_for, SLOW, schedule.start) for schedule in given]
    assert chosen.start == 1 + costs.index(min(costs))
    assert chosen == given[chosen.start - 1]


def test_the_bounds_hold() -> None:
    assert set(optimum([0.1, 9.0, 0.1, 9.0] * 5, QUICK, Bounds(2, 4), 3).wanted) <= {2, 3, 4}


def judge(demand: Load, schedule: Schedule, start: int) -> Summary:
    policy = Scheduled(schedule.wanted, "Optimum")
    ran = run(Scenario(demand, SLOW, PROMISE, start), policy, random.Random(0))
    return summarise("oracle", ran, PROMISE, schedule)
