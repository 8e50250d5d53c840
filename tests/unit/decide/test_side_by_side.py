"""Several new nodes at once, run against the small model of the world: side by side, and nothing twice."""

import pytest

from tests.unit.decide.builders import node
from tests.unit.decide.growth import LONG, WANTED, assert_has_grown, at_each_point, finish, tier
from tests.unit.decide.wanting import growing_to, shrinking_to
from tests.unit.decide.world import Crash, World, last_result
from vectortier.model.journal import OperationKind, Result
from vectortier.model.plan import DeleteMovement, RaiseFactor, RemoveNode, SetNodes, StartCopy, WarmNode


@pytest.fixture(autouse=True)
def _four_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, WANTED)


def test_three_more_copies_are_one_operation_that_sets_the_nodes_once() -> None:
    world = finish(tier())
    assert_has_grown(world)
    assert [a.nodes for a in world.actions if isinstance(a, SetNodes)] == [WANTED]
    assert [a.factor for a in world.actions if isinstance(a, RaiseFactor)] == [WANTED, WANTED]


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (2, 2), (10, 3)])
def test_so_many_nodes_are_copied_to_at_once_and_each_takes_one_shard_at_a_time(at_once: int, most: int) -> None:
    world = finish(tier(at_once))
    assert_has_grown(world)
    assert world.most_active == most


def test_with_one_at_a_time_a_node_is_filled_before_the_next_is_begun() -> None:
    world = finish(tier(at_once=1))
    targets = [a.target for a in world.actions if isinstance(a, StartCopy)]
    assert targets == [node(1)] * 3 + [node(2)] * 3 + [node(3)] * 3


def test_one_node_serves_while_another_is_copied_to() -> None:
    world = tier(at_once=1)
    for _ in range(LONG):
        world.tick()
        if any(m.target == node(3) for m in world.movements.values()):
            break
    assert node(1) in {e.pod for e in world.journal.serving}


def test_nodes_are_warmed_together() -> None:
    world = finish(tier())
    together = [a for a in world.actions if isinstance(a, WarmNode) and a.beside]
    assert together
    looks = [a for a in world.actions if isinstance(a, WarmNode)]
    assert len(looks) < 2 * (WANTED - 1), "one after the other each would take two looks"


@pytest.mark.parametrize("at_once", [1, 10])
@pytest.mark.parametrize("crash", ["before", "between"])
def test_killed_at_any_point_the_next_operator_finishes_the_job_and_doubles_nothing(at_once: int, crash: Crash) -> None:
    assert at_each_point(tier(at_once), crash, assert_has_grown) > 40


def test_killed_all_the_time_it_still_gets_there() -> None:
    assert_has_grown(finish(tier(), dict.fromkeys(range(0, LONG, 2), "between")))


def test_a_node_that_cannot_be_copied_to_ends_the_operation_once_nothing_is_left_in_weaviates_list() -> None:
    world, said = tier(refused_by=node(2), looks_per_state=4), ""
    for _ in range(LONG):
        said += world.tick().message
        assert not (world.journal.history and world.movements), "the operation has ended and left a movement"
        if world.journal.history:
            break
    assert last_result(world.journal) is Result.FAILED
    assert "that ends once Weaviate is done with movement" in said
    assert "is cleared away first" in said
    assert [e.pod for e in world.journal.serving] == [node(0)]
    assert sum(isinstance(a, DeleteMovement) for a in world.actions) == world.started


def test_after_such_a_failure_what_is_there_is_used_and_only_what_is_missing_is_copied() -> None:
    world = finish(tier(refused_by=node(2)))
    world.refused_by, world.generation = "", 2
    before = {(c, s, n) for c, shards in world.collections.items() for s, on in shards.items() for n in on}
    world.run(2 * LONG, seconds=20.0)
    assert [e.pod for e in world.journal.serving] == [node(i) for i in range(WANTED)]
    again = [a for a in world.actions if isinstance(a, StartCopy) and (a.collection, a.shard, a.target) in before]
    assert len(again) == len(before) - 3, "what was there at the end of the failure was copied once, before it"
    assert sum(isinstance(a, SetNodes) for a in world.actions) == 1


def large() -> World:
    """Three nodes that all serve, of which two may go."""
    names = [node(i) for i in range(3)]
    world = tier(desired=3, serving_enough=0)
    world.collections = {"Note": {"s0": list(names)}, "Ticket": {"a": list(names), "b": list(names)}}
    world.factor = {"Note": 3, "Ticket": 3}
    world.born = dict.fromkeys(names, world.now - 86_400.0)
    return world


def assert_one_is_left(world: World) -> None:
    assert last_result(world.journal) is Result.SUCCEEDED
    assert [e.pod for e in world.journal.serving] == [node(0)]
    assert world.desired == 1
    assert world.raft == {node(0)}
    assert world.factor == {"Note": 1, "Ticket": 1}
    assert world.volumes == {node(0): False, node(1): True, node(2): True}


@pytest.mark.parametrize("crash", ["before", "between", None])
def test_nodes_are_taken_away_from_the_top_and_never_while_they_serve(
    monkeypatch: pytest.MonkeyPatch, crash: Crash | None
) -> None:
    shrinking_to(monkeypatch, 1)
    world = large()
    at_each_point(world, crash, assert_one_is_left)
    assert [a.nodes for a in world.actions if isinstance(a, RemoveNode)] == [2, 1]


def test_where_nodes_cannot_be_taken_away_it_is_only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shrinking_to(monkeypatch, 1)
    world = large()
    world.carries_out = (OperationKind.SCALE_OUT,)
    plan = world.run(20)[-1]
    assert (plan.action, plan.reason) == (None, "NotCarriedOut")
    assert "ScaleIn is decided, and not carried out by this version; otherwise: take away node" in plan.message
    assert world.actions == []
