"""A scale-in run against a small model of the world: nothing is lost, and it is reversed when it was a mistake."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.world import Crash, World, last_result
from vectortier.decide.tier import decide
from vectortier.model.journal import Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.plan import (
    BeginOperation,
    DropCopy,
    EndOperation,
    LowerFactor,
    Plan,
    PurgeVolume,
    RemoveFromRaft,
    RemoveNode,
    SetNodes,
    StartCopy,
)

LONG = 80
"""Ticks that are enough for one node."""


def large(nodes: int = 3, most: int = 2, **damping: Any) -> World:
    """So many nodes that hold everything and serve, of which the spec allows fewer."""
    names = [node(i) for i in range(nodes)]
    bounds = {"nodes": {"min": 1, "max": nodes}, "copies": {"min": 1, "max": most}}
    world = World(b.spec(**bounds, damping=damping), {"Ticket": {"a": list(names), "b": list(names)}}, desired=nodes)
    world.serving_enough = 0
    world.factor = {"Ticket": nodes}
    world.born = dict.fromkeys(names, world.now - 86_400.0)
    return world


def done(world: World) -> list[Any]:
    """What was done to the tier, in order."""
    effects = (LowerFactor, DropCopy, RemoveNode, RemoveFromRaft, PurgeVolume, SetNodes)
    return [action for action in world.actions if isinstance(action, effects)]


def test_a_maximum_that_was_lowered_takes_a_node_away_in_the_order_that_keeps_the_data() -> None:
    world = large()
    world.run(LONG)
    kinds = [type(action) for action in done(world)]
    assert kinds == [LowerFactor, DropCopy, DropCopy, RemoveNode, RemoveFromRaft]
    assert (world.desired, world.raft, world.factor) == (2, {node(0), node(1)}, {"Ticket": 2})
    assert last_result(world.journal) is Result.SUCCEEDED
    acted = len(world.actions)
    world.run(30, seconds=60.0)
    assert len(world.actions) == acted, "then it is quiet"


def test_a_drained_node_serves_again_at_the_next_look_after_the_slo_was_missed() -> None:
    world = large()
    while (len(world.journal.serving) == 3 and world.looks < LONG) or not world.journal.serving:
        world.tick()
    assert [e.pod for e in world.journal.serving] == [node(0), node(1)]
    world.serving_enough = 3
    plans = world.run(3)
    assert "is reversed" in plans[0].message
    assert last_result(world.journal) is Result.REVERSED
    assert len(world.journal.serving) == 3
    assert done(world) == []
    world.serving_enough = 0
    assert {p.reason for p in world.run(100, seconds=5.0)} == {"CoolingDown"}, "not tried again at once"
    world.run(LONG, seconds=10.0)
    assert world.desired == 2, "but later"


def test_what_has_been_dropped_is_not_taken_back() -> None:
    """What has been dropped cannot be brought back by ending the operation: the node goes as it was meant to."""
    world = large()
    while not any(isinstance(a, DropCopy) for a in world.actions):
        world.tick()
    world.serving_enough = 3
    world.run(LONG)
    assert any(isinstance(a, RemoveFromRaft) for a in world.actions)


def test_the_volume_is_kept_for_its_time_and_then_goes() -> None:
    world = large(scaleIn={"keepVolumesSeconds": 3600})
    world.run(LONG)
    world.run(50, seconds=60.0)
    assert world.volumes == {node(0): False, node(1): False, node(2): True}
    world.run(30, seconds=60.0)
    assert world.volumes == {node(0): False, node(1): False}
    assert [o.kind for o in world.journal.history] == [OperationKind.SCALE_IN, OperationKind.PURGE]


def test_a_node_of_the_same_name_begins_on_a_volume_of_its_own() -> None:
    world = large()
    world.run(LONG)
    world.spec = b.spec(nodes={"min": 3, "max": 3}, copies={"min": 3, "max": 3})
    world.run(2 * LONG)
    kinds = [type(action) for action in done(world)]
    assert kinds.index(PurgeVolume) < kinds.index(SetNodes)
    assert world.desired == 3
    assert world.volumes[node(2)] is False
    assert last_result(world.journal) is Result.SUCCEEDED


def test_a_volume_that_does_not_go_is_not_asked_for_again_and_again() -> None:
    world = large(scaleIn={"keepVolumesSeconds": 600})
    world.run(LONG)
    world.stuck_volumes = True
    world.run(60, seconds=30.0)
    begun = [a for a in world.actions if isinstance(a, BeginOperation) and a.operation.kind is OperationKind.PURGE]
    assert len(begun) == 1
    assert last_result(world.journal) is Result.FAILED


def spread(**spec: Any) -> World:
    """Three nodes, each with the only copy of two shards."""
    placed = {f"s{i}": [node(i % 3)] for i in range(6)}
    world = World(
        b.spec(nodes={"min": 1, "max": 3}, copies={"min": 1, "max": 1}, **spec), {"Ticket": placed}, desired=3
    )
    world.serving_enough = 0
    world.factor = {"Ticket": 1}
    world.born = dict.fromkeys((node(i) for i in range(3)), world.now - 86_400.0)
    world.run(3)
    return world


def test_what_only_the_leaving_node_holds_is_copied_elsewhere_first() -> None:
    world = spread()
    world.spec = b.spec(nodes={"min": 1, "max": 2}, copies={"min": 1, "max": 1})
    world.run(2 * LONG)
    assert (world.desired, world.raft) == (2, {node(0), node(1)})
    held = Counter(on for shard in world.collections["Ticket"].values() for on in shard)
    assert held == {node(0): 3, node(1): 3}, "and it is shared evenly"
    kinds = [type(action) for action in world.actions]
    assert max(i for i, k in enumerate(kinds) if k is StartCopy) < min(i for i, k in enumerate(kinds) if k is DropCopy)
    assert last_result(world.journal) is Result.SUCCEEDED
    acted = len(world.actions)
    world.run(30, seconds=60.0)
    assert len(world.actions) == acted, "then it is quiet"


@settings(deadline=None, max_examples=25, derandomize=True)
@given(crashes=st.dictionaries(st.integers(0, 3 * LONG), st.sampled_from(["before", "between"]), max_size=12))
def test_shrinking_to_one_loses_nothing_wherever_the_operator_dies(crashes: dict[int, Crash]) -> None:
    world = spread()
    world.spec = b.spec(nodes={"min": 1, "max": 1}, copies={"min": 1, "max": 1})
    world.run(3 * LONG + 20, crashes)
    world.run(4 * LONG, seconds=30.0)
    assert (world.desired, world.raft) == (1, {node(0)})
    assert all(on == [node(0)] for on in world.collections["Ticket"].values())
    assert world.movements == {}


def test_more_than_an_operation_can_do_is_refused_with_how_long_it_would_take() -> None:
    world = spread()
    world.collections["Ticket"] = {f"s{i:04}": [node(i % 3)] for i in range(1500)}
    world.spec = b.spec(nodes={"min": 1, "max": 2}, copies={"min": 1, "max": 1})
    plan = world.run(2)[-1]
    assert plan.action is None
    assert plan.reason == "TooManyShards"
    assert "1000 shards would be copied or dropped, in about" in plan.message


def decided(load: Any, *names: StepName, **changes: Any) -> Plan:
    """The plan for a scale-in at the last of these steps, the others done. Two copies are to stay."""
    steps = [
        Step(name=name, collection="Ticket", shard="s0", target=node(2), nodes=2, state=StepState.DONE)
        for name in names
    ]
    steps[-1] = steps[-1].model_copy(update={"state": StepState.PENDING})
    kind, size = OperationKind.SCALE_IN, {"copies": 2, "nodes": 2}
    operation = Operation(id="o", kind=kind, why="d", epoch=1, started_at=b.NOW - 60, steps=tuple(steps), **size)
    seen = b.observation(3, journal=Journal(operation=operation, serving=b.serving(0, 1)), load=load, **changes)
    return decide(b.spec(), seen, seen.now)


@pytest.mark.parametrize(
    ("names", "back"),
    [
        ((StepName.DRAIN,), True),
        ((StepName.DRAIN, StepName.LOWER_FACTOR), True),
        ((StepName.DRAIN, StepName.LOWER_FACTOR, StepName.DROP_COPY), False),
        ((StepName.DRAIN, StepName.DROP_COPY), True),
        ((StepName.DRAIN, StepName.REMOVE_NODE), True),
        ((StepName.DRAIN, StepName.DROP_COPY, StepName.DROP_COPY), False),
        ((StepName.DRAIN, StepName.DROP_COPY, StepName.REMOVE_NODE), False),
        ((StepName.DRAIN, StepName.REMOVE_NODE, StepName.REMOVE_FROM_RAFT), False),
    ],
)
def test_until_something_of_a_node_is_gone_it_is_given_back(names: tuple[StepName, ...], back: bool) -> None:
    action = decided(b.load(bad=0.1), *names).action
    assert (isinstance(action, EndOperation) and action.reversed) is back
