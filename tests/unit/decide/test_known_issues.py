"""What other operators were reported to do wrong, as cases: each test is named after the issue that tells of it."""

from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.test_shrinking import done, large
from tests.unit.decide.world import World, last_result
from vectortier.decide.tier import decide
from vectortier.model.journal import Result
from vectortier.model.load import Utilisation
from vectortier.model.plan import BeginOperation, DropCopy, Plan, RemoveNode, RestartNode


def late(disk: float) -> Plan:
    """The decision about a tier whose promise is missed, with so much of its one volume used."""
    used = b.load(bad=0.1, disk=(Utilisation(node=node(0), fraction=disk),))
    seen = b.observation(1, load=used)
    return decide(b.spec(), seen, seen.now)


def test_cass_operator_639_no_room_on_the_receiver_is_refused_and_resumed_when_there_is() -> None:
    full = late(disk=0.85)
    assert (full.action, full.reason) == (None, "NoRoomOnDisk")
    assert isinstance(late(disk=0.5).action, BeginOperation), "nothing remembers the refusal"


def until(world: World, is_so: Any, ticks: int = 80) -> None:
    """Tick until it is so."""
    for _ in range(ticks):
        if is_so():
            return
        world.tick()
    raise AssertionError("it never comes about")


@pytest.mark.parametrize("at", [DropCopy, RemoveNode], ids=["after the first drop", "after the node was told to go"])
def test_scylla_operator_2436_asked_for_again_half_way_it_is_not_stuck(at: type) -> None:
    world = large()
    until(world, lambda: any(isinstance(action, at) for action in done(world)))
    world.spec = b.spec(nodes={"min": 3, "max": 3}, copies={"min": 3, "max": 3})
    world.generation += 1
    world.run(300, seconds=10.0)
    assert world.desired == 3
    assert {len(on) for on in world.collections["Ticket"].values()} == {3}
    assert world.factor["Ticket"] == 3
    assert last_result(world.journal) is Result.SUCCEEDED
    assert world.journal.operation is None


def lost(ordinal: int) -> Any:
    """A node that runs and has not been ready for long."""
    return b.pod(ordinal, ready=False, ready_since=b.NOW - 150.0)


@pytest.mark.parametrize("going", [2, 3])
def test_opensearch_k8s_operator_1572_and_1590_scaler_and_restart_never_take_a_member_each(going: int) -> None:
    """While a node is on its way out, or another one has just begun, one that is cut off is not restarted."""
    pods = tuple(b.pod(i, terminating=True) if i == going else lost(i) if i == 1 else b.pod(i) for i in range(4))
    held = (b.collection(replicas=(0, 1)),)
    members = tuple(b.member(i, held) for i in (0, 2, 3))
    seen = b.observation(4, workload=b.workload(4, pods=pods), database=b.database(4, held, members=members))
    plan = decide(b.spec(nodes={"min": 1, "max": 4}), seen, seen.now)
    assert not isinstance(plan.action, RestartNode)
    alone = seen.model_copy(
        update={"workload": b.workload(4, pods=tuple(lost(i) if i == 1 else b.pod(i) for i in range(4)))}
    )
    assert isinstance(decide(b.spec(nodes={"min": 1, "max": 4}), alone, alone.now).action, RestartNode)


def test_weaviate_7272_a_node_that_restarts_serves_again_only_once_it_is_ready() -> None:
    """And its peers, which report themselves unready while it is away, go on serving."""
    restarted = b.pod(2, ready=False, started_at=b.NOW - 5, ready_since=b.NOW - 5)
    peers = tuple(b.pod(i, ready=False, ready_since=b.NOW - 100) for i in range(2))
    seen = b.observation(3, workload=b.workload(3, pods=(*peers, restarted)))
    plan = decide(b.spec(), seen, seen.now)
    assert [e.pod for e in plan.serving or ()] == [node(0), node(1)]


def test_kubeblocks_4609_a_tier_shrinks_to_one_node() -> None:
    world = large(nodes=2, most=1)
    world.run(100)
    assert (world.desired, world.raft, world.factor) == (1, {node(0)}, {"Ticket": 1})
    assert last_result(world.journal) is Result.SUCCEEDED
