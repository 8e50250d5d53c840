"""A scale-out run against a small model of the world: it ends, from wherever the operator was killed, and is quiet."""

import pytest

from tests.unit.decide.builders import node, spec
from tests.unit.decide.world import Crash, World, last_result
from vectortier.model.journal import Result
from vectortier.model.plan import BeginOperation, RaiseFactor, SetNodes, StartCopy

LONG = 60
"""Ticks that are enough, with a crash."""


def tier(**changes: object) -> World:
    collections = {"Note": {"s0": [node(0)]}, "Ticket": {"a": [node(0)], "b": [node(0)]}}
    return World(spec(), collections, **changes)  # type: ignore[arg-type]


def assert_scaled_out(world: World) -> None:
    assert world.desired == 2
    for shards in world.collections.values():
        assert all(sorted(on) == [node(0), node(1)] for on in shards.values())
    assert world.factor == {"Note": 2, "Ticket": 2}
    assert world.movements == {}
    assert [e.pod for e in world.journal.serving] == [node(0), node(1)]
    assert world.journal.operation is None
    assert last_result(world.journal) is Result.SUCCEEDED


def test_an_overloaded_tier_gets_a_node_with_a_copy_of_everything_and_then_is_quiet() -> None:
    world = tier()
    world.run(LONG)
    assert_scaled_out(world)
    acted = len(world.actions)
    plans = world.run(60, seconds=60.0)
    assert len(world.actions) == acted
    assert {p.reason for p in plans} == {"WithinSLO"}


def test_the_new_node_serves_only_once_it_is_warm() -> None:
    world = tier()
    for _ in range(LONG):
        world.tick()
        if node(1) in {e.pod for e in world.journal.serving}:
            assert world.warmed[node(1)] >= 2
    assert node(1) in {e.pod for e in world.journal.serving}


def run_to_the_end(world: World, crashes: dict[int, Crash]) -> None:
    """Until the operation has ended, at most `LONG` ticks, and three more."""
    for i in range(LONG):
        world.tick(crashes.get(i))
        if world.journal.history:
            break
    world.run(3)


def ticks_of_one_run() -> int:
    world = tier()
    for ticks in range(LONG):
        world.tick()
        if world.journal.history:
            return ticks + 1
    raise AssertionError("it never ends")


@pytest.mark.parametrize("crash", ["before", "between"])
def test_killed_at_any_point_the_next_operator_finishes_the_job_and_doubles_nothing(crash: Crash) -> None:
    for at in range(ticks_of_one_run()):
        world = tier()
        run_to_the_end(world, {at: crash})
        assert_scaled_out(world)
        assert world.started == 3, f"killed at tick {at}"
        assert sum(isinstance(a, SetNodes) for a in world.actions) == 1


def test_killed_all_the_time_it_still_gets_there() -> None:
    world = tier()
    world.run(2 * LONG, dict.fromkeys(range(0, 2 * LONG, 2), "between"))
    world.run(LONG)
    assert_scaled_out(world)
    assert world.started == 3


def test_a_movement_that_weaviate_cancels_is_tried_again() -> None:
    world = tier(copies_to_cancel=2)
    world.run(2 * LONG)
    assert_scaled_out(world)
    assert world.started == 5


def test_after_three_cancelled_movements_the_operation_ends_and_is_not_begun_again_soon() -> None:
    world = tier(copies_to_cancel=1000)
    world.run(LONG)
    plans = world.run(20, seconds=60.0)
    assert last_result(world.journal) is Result.FAILED
    assert world.started == 3
    assert plans[-1].reason == "OperationFailed"
    assert sum(isinstance(a, BeginOperation) for a in world.actions) == 1
    assert [e.pod for e in world.journal.serving] == [node(0)], "a cold node with half of the shards does not serve"
    assert world.movements == {}
    assert world.desired == 2, "taking a node away is another operation's business"


def test_after_a_failure_a_changed_spec_is_tried_at_once_with_the_node_that_is_there() -> None:
    world = tier(copies_to_cancel=3)
    world.run(120)
    assert last_result(world.journal) is Result.FAILED
    world.generation = 2
    world.run(LONG)
    assert_scaled_out(world)
    assert sum(isinstance(a, SetNodes) for a in world.actions) == 1


def test_an_unschedulable_target_is_reported_and_given_up_after_ten_minutes_without_moving_anything() -> None:
    world = tier(schedulable=False)
    plans = world.run(30)
    assert plans[-1].reason == "TargetUnschedulable"
    assert "Insufficient cpu" in plans[-1].message
    world.run(10, seconds=60.0)
    assert last_result(world.journal) is Result.FAILED
    assert not any(isinstance(a, StartCopy | RaiseFactor) for a in world.actions)
    world.run(60, seconds=120.0)
    assert sum(isinstance(a, BeginOperation) for a in world.actions) == 1, "held while the node cannot run"
