"""Shards and tenants that move about, run against a small model of the world: nothing is ever fewer, and it ends."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.world import Crash, World, last_result
from vectortier.act.entries import ended
from vectortier.model.journal import OperationKind, Result, Step, StepName, StepState
from vectortier.model.plan import ActivateTenant, BeginOperation, DropCopy, EndOperation, RestoreTenant, StartCopy

LONG = 120


def tenants(*on: tuple[int, ...], nodes: int = 3, status: dict[int, str] | None = None, **spec: Any) -> World:
    """Tenants on these nodes, one after the other; `status` of those that are not HOT."""
    placed = {f"t{i:02}": [node(o) for o in each] for i, each in enumerate(on)}
    bounds = {"nodes": {"min": nodes, "max": nodes}, "copies": {"min": 1, "max": 1}}
    world = World(b.spec(**{**bounds, **spec}), {"Rooms": placed}, desired=nodes, serving_enough=0)
    world.tenants = {"Rooms": {name: (status or {}).get(i, "HOT") for i, name in enumerate(placed)}}
    world.factor = {"Rooms": min((len(each) for each in on), default=1)}
    world.born = {node(i): world.now - 86_400.0 for i in range(nodes)}
    return world


def held(world: World) -> list[int]:
    """How many shards each node holds, in order."""
    counted = Counter(on for shards in world.collections.values() for shard in shards.values() for on in shard)
    return [counted[node(i)] for i in range(world.desired)]


def begun(world: World) -> list[OperationKind]:
    return [a.operation.kind for a in world.actions if isinstance(a, BeginOperation)]


def test_a_node_that_joined_later_gets_its_share_of_the_tenants() -> None:
    world = tenants(*[(0,)] * 6, nodes=3)
    world.run(3 * LONG)
    assert held(world) == [2, 2, 2]
    assert begun(world) == [OperationKind.SPREAD]
    assert last_result(world.journal) is Result.SUCCEEDED
    assert world.most_active == 1, "one at a time"
    acted = len(world.actions)
    plans = world.run(60, seconds=600.0)
    assert len(world.actions) == acted, "then it is quiet"
    assert plans[-1].reason == "WithinSLO"


def test_shards_of_a_collection_without_tenants_are_spread_as_well() -> None:
    world = World(b.spec(nodes={"min": 2, "max": 2}, copies={"min": 1, "max": 1}), {}, desired=2, serving_enough=0)
    world.collections = {"Ticket": {f"s{i}": [node(0)] for i in range(4)}}
    world.born = {node(i): world.now - 86_400.0 for i in range(2)}
    world.run(LONG)
    assert held(world) == [2, 2]
    assert world.warmed[node(1)] >= 2, "before it is the only one that could answer"
    assert [e.pod for e in world.journal.serving] == [node(0), node(1)]


def test_what_is_nearly_even_is_left_alone() -> None:
    world = tenants((0,), (0,), (0,), (1,), (1,), (2,), (2,))
    world.run(LONG, seconds=60.0)
    assert world.actions == []


def test_a_cold_tenant_is_cold_again_and_a_hot_one_stays_hot() -> None:
    world = tenants(*[(0,)] * 4, nodes=2, status={0: "COLD", 1: "COLD", 2: "COLD"})
    before = dict(world.tenants["Rooms"])
    world.run(LONG)
    assert held(world) == [2, 2]
    assert world.tenants["Rooms"] == before
    assert sum(isinstance(a, RestoreTenant) for a in world.actions) == 1, "the hot one was moved first"


@pytest.mark.parametrize("status", ["FROZEN", "FREEZING", "UNFREEZING"])
def test_a_tenant_that_is_offloaded_is_not_touched(status: str) -> None:
    world = tenants(*[(0,)] * 4, nodes=2, status=dict.fromkeys(range(4), status))
    world.run(LONG, seconds=60.0)
    assert world.actions == []


def test_a_tenant_that_is_offloaded_meanwhile_stays_where_it_is() -> None:
    world = tenants(*[(0,)] * 4, nodes=2)
    while not begun(world):
        world.tick()
    world.tenants["Rooms"] = dict.fromkeys(world.tenants["Rooms"], "FROZEN")
    world.run(LONG)
    assert held(world) == [4, 0]
    assert last_result(world.journal) is Result.SUCCEEDED
    assert not any(isinstance(a, StartCopy) for a in world.actions)


def test_a_need_to_grow_ends_it_between_two_moves() -> None:
    world = tenants(*[(0,)] * 6, nodes=2)
    while not any(isinstance(a, StartCopy) for a in world.actions):
        world.tick()
    world.spec = b.spec(nodes={"min": 3, "max": 3}, copies={"min": 1, "max": 1})
    world.run(LONG)
    assert world.journal.history[0].result is Result.REVERSED
    first = [step.name.value for step in world.journal.history[0].steps if step.state.value == "Done"]
    assert first == ["Copy", "DropCopy", "RestoreTenant"], "the move that was under way was finished"
    assert begun(world)[1] is OperationKind.SCALE_OUT
    world.run(LONG, seconds=60.0)
    assert held(world) == [2, 2, 2]


def test_the_tenants_of_a_node_that_is_to_go_are_moved_first() -> None:
    world = tenants((0,), (1,), (2,), (2,), status={2: "COLD"})
    before = dict(world.tenants["Rooms"])
    world.spec = b.spec(nodes={"min": 1, "max": 2}, copies={"min": 1, "max": 1})
    world.run(2 * LONG)
    assert (world.desired, world.raft) == (2, {node(0), node(1)})
    assert held(world) == [2, 2]
    assert world.tenants["Rooms"] == before


def going(world: World) -> World:
    """The same tier, which is to have a node fewer."""
    world.spec = b.spec(nodes={"min": 1, "max": world.desired - 1}, copies={"min": 1, "max": 1})
    return world


def until(world: World, name: StepName) -> Step:
    """The step of that name, about to be taken."""
    for _ in range(LONG):
        world.tick()
        operation = world.journal.operation
        for step in operation.steps if operation is not None else ():
            if (step.name, step.state) == (name, StepState.JOURNALLED):
                return step
    raise AssertionError(f"no {name} is begun")


def test_a_tenant_that_is_put_to_sleep_before_its_drop_is_counted_and_sleeps_again() -> None:
    world = going(tenants((0,), (1,), (2,)))
    until(world, StepName.DROP_COPY)
    world.tenants["Rooms"]["t02"] = "COLD"
    world.run(LONG)
    kinds = [type(a) for a in world.actions if isinstance(a, ActivateTenant | DropCopy | RestoreTenant)]
    assert kinds == [ActivateTenant, DropCopy, RestoreTenant]
    assert (world.desired, last_result(world.journal)) == (2, Result.SUCCEEDED)
    assert world.tenants["Rooms"]["t02"] == "COLD"


def test_a_sleeping_tenant_that_is_elsewhere_as_well_does_not_keep_its_node() -> None:
    world = going(tenants((0,), (1,), (2, 0), status={2: "COLD"}))
    world.run(LONG)
    assert (world.desired, last_result(world.journal)) == (2, Result.SUCCEEDED)
    assert world.collections["Rooms"]["t02"] == [node(0)]
    assert world.tenants["Rooms"]["t02"] == "COLD"
    assert not any(isinstance(a, StartCopy) for a in world.actions)


def test_a_tenant_that_was_made_hot_for_a_drop_that_fails_is_cold_again_afterwards() -> None:
    world = going(tenants((0,), (1,), (2, 0), status={2: "COLD"}))
    until(world, StepName.DROP_COPY)
    world.tick()
    assert isinstance(world.actions[-1], ActivateTenant)
    world.spec = b.spec(nodes={"min": 3, "max": 3}, copies={"min": 2, "max": 3})
    world.factor["Rooms"] = 2
    world.run(LONG)
    assert not any(isinstance(a, DropCopy) for a in world.actions)
    assert world.journal.history[0].result is Result.FAILED
    assert world.tenants["Rooms"]["t02"] == "COLD"


def test_a_move_that_was_left_half_done_is_finished_though_its_tenant_sleeps_by_now() -> None:
    world = tenants(*[(0,)] * 4, nodes=2)
    half = until(world, StepName.DROP_COPY).shard or ""
    world.journal = ended(world.journal, EndOperation(succeeded=False, message="it was given up"), world.now)
    world.tenants["Rooms"][half] = "COLD"
    world.run(LONG, seconds=30.0)
    assert world.collections["Rooms"][half] == [node(1)]
    assert world.tenants["Rooms"][half] == "COLD"
    assert [step.name for step in world.journal.history[1].steps] == [StepName.DROP_COPY, StepName.RESTORE_TENANT]


def test_a_move_that_was_left_half_done_is_finished_though_the_node_cannot_go_any_more() -> None:
    world = going(tenants((0,), (1,), (2,), (2,)))
    half = until(world, StepName.DROP_COPY).shard or ""
    world.journal = ended(world.journal, EndOperation(succeeded=False, message="it was given up"), world.now)
    world.tenants["Rooms"]["t03"] = "FROZEN"
    world.run(LONG, seconds=30.0)
    assert half == "t02"
    assert len(world.collections["Rooms"][half]) == 1
    assert world.desired == 3


def test_an_offloaded_tenant_keeps_its_node_and_is_named() -> None:
    world = tenants((0,), (1,), (2,), status={2: "FROZEN"})
    world.spec = b.spec(nodes={"min": 1, "max": 2}, copies={"min": 1, "max": 1})
    plan = world.run(5)[-1]
    assert world.desired == 3
    assert plan.reason == "TenantOffloaded"
    assert "tenant t02 of Rooms is FROZEN" in plan.message


placements = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=1).map(tuple), min_size=1, max_size=12)
statuses = st.dictionaries(st.integers(0, 11), st.sampled_from(["COLD", "FROZEN", "FREEZING"]), max_size=12)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    on=placements,
    status=statuses,
    crashes=st.dictionaries(st.integers(0, 2 * LONG), st.sampled_from(["before", "between"]), max_size=12),
)
def test_it_ends_with_nothing_fewer_and_nobody_changed(
    on: list[tuple[int, ...]], status: dict[int, str], crashes: dict[int, Crash]
) -> None:
    """World itself asserts that no copy is made twice on a node, and that enough are left at each drop."""
    world = tenants(*on, status=status)
    before, places = dict(world.tenants["Rooms"]), {n: list(p) for n, p in world.collections["Rooms"].items()}
    range_before = max(held(world)) - min(held(world))
    for i in range(2 * LONG):
        world.tick(crashes.get(i))
        assert all(len(p) >= world.factor["Rooms"] for p in world.collections["Rooms"].values())
        assert all(len(set(p)) == len(p) for p in world.collections["Rooms"].values())
    world.run(LONG, seconds=30.0)
    world.run(20, seconds=600.0)
    acted = len(world.actions)
    world.run(20, seconds=3600.0)
    assert len(world.actions) == acted, "it goes on and on"
    assert world.movements == {}
    assert world.tenants["Rooms"] == before
    assert all(len(p) == world.factor["Rooms"] for p in world.collections["Rooms"].values())
    assert max(held(world)) - min(held(world)) <= range_before
    frozen = [name for name, what in before.items() if what in ("FROZEN", "FREEZING")]
    assert all(world.collections["Rooms"][name] == places[name] for name in frozen)
