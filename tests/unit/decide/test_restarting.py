"""Rolling restarts run against a small model of the world: one node at a time, and the tier serves on."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.world import Crash, World, last_result
from vectortier.model.journal import OperationKind, Result
from vectortier.model.plan import RestartNode

LONG = 200


def changed(nodes: int = 3, placed: dict[str, list[str]] | None = None, **spec: Any) -> World:
    """So many nodes that hold everything and serve, unless it is said who holds what, and a spec that has changed since
    they started."""
    names = [node(i) for i in range(nodes)]
    bounds = {"nodes": {"min": nodes, "max": nodes}, "copies": {"min": 1, "max": nodes}}
    shards = placed or {"a": list(names), "b": list(names)}
    world = World(b.spec(**{**bounds, **spec}), {"Ticket": shards}, desired=nodes)
    world.serving_enough = 0
    world.factor = {"Ticket": min(len(on) for on in shards.values())}
    world.born = dict.fromkeys(names, world.now - 86_400.0)
    world.run(3)
    world.outdated = set(names)
    return world


def restarted(world: World) -> list[str]:
    """Which nodes were restarted, in order."""
    return [action.pod for action in world.actions if isinstance(action, RestartNode)]


def test_each_node_is_restarted_once_the_voter_last_and_all_but_one_serve() -> None:
    world = changed()
    least = len(world.journal.serving)
    for _ in range(LONG):
        world.tick()
        least = min(least, len(world.journal.serving))
    assert restarted(world) == [node(2), node(1), node(0)]
    assert least == 2
    assert len(world.journal.serving) == 3
    assert [(o.kind, o.result) for o in world.journal.history] == [(OperationKind.RESTART, Result.SUCCEEDED)]
    acted = len(world.actions)
    world.run(20, seconds=30.0)
    assert len(world.actions) == acted, "then it is quiet"


def test_a_single_node_is_restarted_in_place() -> None:
    world = changed(1)
    world.run(LONG)
    assert restarted(world) == [node(0)]
    assert [e.pod for e in world.journal.serving] == [node(0)]
    assert last_result(world.journal) is Result.SUCCEEDED


def test_a_node_that_holds_nothing_is_restarted_as_well() -> None:
    world = changed(placed={"a": [node(0)]}, copies={"min": 1, "max": 1})
    world.run(2 * LONG)
    assert sorted(restarted(world)) == [node(0), node(1), node(2)]
    assert last_result(world.journal) is Result.SUCCEEDED
    assert [e.pod for e in world.journal.serving] == [node(0)]


def test_no_node_is_restarted_while_another_has_just_come_back_from_a_crash() -> None:
    """It is alive, and loads what it holds: nobody else answers."""
    world = changed(2)
    while len(world.journal.serving) == 2:
        world.tick()
    world.born[node(0)] = world.now + 1.0
    while not restarted(world) and world.looks < LONG:
        world.tick()
    assert world.now - world.born[node(0)] >= 4, "the other one is ready before"


def test_a_change_that_is_taken_back_restarts_nobody_else() -> None:
    world = changed()
    while not restarted(world):
        world.tick()
    world.outdated.clear()
    world.run(LONG)
    assert restarted(world) == [node(2)]
    assert last_result(world.journal) is Result.SUCCEEDED
    assert len(world.journal.serving) == 3


def test_a_node_that_is_needed_serves_again_and_is_restarted_later() -> None:
    world = changed()
    while len(world.journal.serving) == 3:
        world.tick()
    world.serving_enough = 3
    world.run(5)
    assert restarted(world) == []
    assert len(world.journal.serving) == 3
    assert last_result(world.journal) is Result.REVERSED
    world.serving_enough = 0
    world.run(50, seconds=10.0)
    assert restarted(world) == [], "not again at once"
    world.run(2 * LONG, seconds=10.0)
    assert len(restarted(world)) == 3


@settings(deadline=None, max_examples=30, derandomize=True)
@given(crashes=st.dictionaries(st.integers(0, LONG), st.sampled_from(["before", "between"])))
def test_it_ends_the_same_wherever_the_operator_dies(crashes: dict[int, Crash]) -> None:
    """A node may start anew twice: that it has is only known from its pod. Two at a time never do."""
    world = changed()
    world.run(LONG + len(crashes) * 2, crashes)
    world.run(LONG)
    assert world.outdated == set()
    assert len(world.journal.serving) == 3
    assert world.journal.operation is None
