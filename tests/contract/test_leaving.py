"""Dropping copies, lowering the factor, and a node that goes: what Weaviate checks then, and what it does not."""

from __future__ import annotations

import pytest

from tests.contract.loopback import wait_for
from tests.contract.subject import Subject, client, cluster_port, survivor
from tests.contract.test_movement import copy_of, finish
from vectortier.act.copies import drop_copy
from vectortier.act.factor import lower_factor
from vectortier.act.movement import start_copy
from vectortier.act.raft import remove_from_raft
from vectortier.clients.errors import Invalid, Refused, Unauthorized, Unavailable
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import DropCopy, LowerFactor, RemoveFromRaft

OBJECTS = 100
BOTH = ("weaviate-0", "weaviate-1")
AT_FACTOR = "minimum replication factor"
# A node that dies is forgotten by the others after six seconds; counts of objects lag as well.
SETTLE_SECONDS = 60.0


def lower(weaviate: Weaviate, collection: str) -> bool:
    """Has the collection promise a single copy."""
    return lower_factor(weaviate, LowerFactor(index=0, collection=collection, factor=1))


def placed(weaviate: Weaviate, collection: str) -> dict[str, tuple[str, ...]]:
    return {shard.name: tuple(sorted(shard.replicas)) for shard in weaviate.shards(collection)}


def counts(weaviate: Weaviate, collection: str) -> dict[tuple[str, str], int]:
    """How many objects each node has in each of the collection's shards, by (node, shard)."""
    found = ((m.name, s) for m in weaviate.members() for s in m.shards)
    return {(name, s.shard): s.object_count for name, s in found if s.collection == collection}


def in_raft(weaviate: Weaviate) -> dict[str, bool]:
    """Whom the first node's raft configuration names, and whether they vote."""
    statistics = next(s for s in weaviate.statistics("weaviate-0") if s.name == "weaviate-0")
    return {member.id: member.voter for member in statistics.configuration}


def members(weaviate: Weaviate) -> set[str]:
    return {member.name for member in weaviate.members()}


def kill(subject: Subject) -> Weaviate:
    """Kills the second node and waits until the first has given it up; a client of the first."""
    weaviate = survivor(subject)
    subject.kill("weaviate-1")
    wait_for(lambda: members(weaviate) == {"weaviate-0"}, SETTLE_SECONDS, lambda: str(members(weaviate)))
    return weaviate


def test_a_copy_beyond_the_factor_is_dropped_at_once_and_the_other_keeps_everything(subject: Subject) -> None:
    subject.create("Dropped", shards=1, objects=OBJECTS, copies=2)
    weaviate = client(subject)
    (shard,) = placed(weaviate, "Dropped")
    assert placed(weaviate, "Dropped") == {shard: BOTH}
    lower(weaviate, "Dropped")
    action = DropCopy(index=0, collection="Dropped", shard=shard, node="weaviate-1", copies=1)

    assert drop_copy(weaviate, action)

    assert placed(weaviate, "Dropped") == {shard: ("weaviate-0",)}
    only = {("weaviate-0", shard): OBJECTS}
    wait_for(lambda: counts(weaviate, "Dropped") == only, SETTLE_SECONDS, lambda: str(counts(weaviate, "Dropped")))
    assert not drop_copy(weaviate, action), "it is dropped already"


def test_no_copy_is_dropped_at_the_factor(subject: Subject) -> None:
    subject.create("Kept", shards=1, objects=10, copies=2)
    weaviate = client(subject)
    (shard,) = placed(weaviate, "Kept")

    with pytest.raises(Unavailable, match=f"{AT_FACTOR} 2") as refused:
        weaviate.drop_copy(("Kept", shard), "weaviate-1")

    assert refused.value.status == 500
    assert placed(weaviate, "Kept") == {shard: BOTH}


def test_a_copy_that_is_not_there_is_refused_as_well(subject: Subject) -> None:
    """So a request whose answer was lost cannot simply be sent again."""
    subject.create("Single", shards=1, objects=10)
    weaviate = client(subject)
    ((shard, (holder,)),) = placed(weaviate, "Single").items()

    with pytest.raises(Unavailable, match=f"{AT_FACTOR} 1"):
        weaviate.drop_copy(("Single", shard), "weaviate-1" if holder == "weaviate-0" else "weaviate-0")

    assert placed(weaviate, "Single") == {shard: (holder,)}


def test_no_copy_is_dropped_while_another_of_the_collection_is_made(subject: Subject) -> None:
    subject.create("Moving", shards=1, objects=10)
    weaviate = client(subject)
    action = copy_of(weaviate, "Moving")
    movement = start_copy(weaviate, action)

    with pytest.raises(Unavailable, match="ongoing replications"):
        weaviate.drop_copy(("Moving", action.shard), action.source)
    with pytest.raises(Refused, match="is being moved"):
        drop_copy(weaviate, DropCopy(index=0, collection="Moving", shard=action.shard, node=action.source, copies=1))

    assert action.source in placed(weaviate, "Moving")[action.shard]
    finish(weaviate, movement)
    subject.forget(movement)


def test_a_lower_factor_keeps_the_copies(subject: Subject) -> None:
    subject.create("Lowered", shards=1, objects=OBJECTS, copies=2)
    weaviate = client(subject)
    (shard,) = placed(weaviate, "Lowered")
    before = weaviate.class_definition("Lowered")

    assert lower(weaviate, "Lowered")
    assert not lower(weaviate, "Lowered")

    after = weaviate.class_definition("Lowered")
    assert after["replicationConfig"]["factor"] == 1
    # Nothing else changed, apart from what Weaviate derives from the factor.
    for one in (before, after):
        one["replicationConfig"] = {
            key: value for key, value in one["replicationConfig"].items() if key not in {"factor", "asyncEnabled"}
        }
    assert after == before
    assert placed(weaviate, "Lowered") == {shard: BOTH}
    all_there = {(node, shard): OBJECTS for node in BOTH}
    wait_for(lambda: counts(weaviate, "Lowered") == all_there, SETTLE_SECONDS)


def test_a_copy_is_dropped_although_no_other_is_alive(disposable: Subject) -> None:
    """Weaviate counts the copies and asks no more; we do."""
    disposable.create("Unasked", shards=1, objects=10, copies=2)
    lower(client(disposable), "Unasked")
    weaviate = kill(disposable)
    (shard,) = placed(weaviate, "Unasked")

    with pytest.raises(Refused, match="weaviate-1"):
        drop_copy(weaviate, DropCopy(index=0, collection="Unasked", shard=shard, node="weaviate-0", copies=1))
    assert placed(weaviate, "Unasked") == {shard: BOTH}
    weaviate.drop_copy(("Unasked", shard), "weaviate-0")

    assert placed(weaviate, "Unasked") == {shard: ("weaviate-1",)}


def test_without_the_nodes_password_nobody_is_removed(subject: Subject) -> None:
    with pytest.raises(Unauthorized) as refused:
        cluster_port(subject, password="another").remove("weaviate-1")

    assert refused.value.status == 401
    assert in_raft(client(subject)) == {"weaviate-0": True, "weaviate-1": False}


def test_a_node_that_raft_does_not_know_is_removed_without_an_error(subject: Subject) -> None:
    cluster_port(subject).remove("weaviate-9")

    assert in_raft(client(subject)) == {"weaviate-0": True, "weaviate-1": False}


def test_a_removal_that_names_nobody_is_invalid(subject: Subject) -> None:
    with pytest.raises(Invalid) as refused:
        cluster_port(subject).remove("")

    assert refused.value.status == 400


def test_a_killed_node_stays_in_raft_until_it_is_removed_and_is_taken_in_again(disposable: Subject) -> None:
    weaviate = kill(disposable)
    assert in_raft(weaviate) == {"weaviate-0": True, "weaviate-1": False}

    remove_from_raft(weaviate, cluster_port(disposable), RemoveFromRaft(index=0, node="weaviate-1"))

    wait_for(lambda: in_raft(weaviate) == {"weaviate-0": True}, SETTLE_SECONDS, lambda: str(in_raft(weaviate)))
    # With what it had: the volume of a node that was removed must be gone before one of its name is started.
    disposable.start("weaviate-1")
    wait_for(lambda: members(weaviate) == set(BOTH), SETTLE_SECONDS)
    wait_for(lambda: in_raft(weaviate) == {"weaviate-0": True, "weaviate-1": False}, SETTLE_SECONDS)


def test_the_shards_of_a_removed_node_are_handed_to_an_empty_copy(disposable: Subject) -> None:
    """The trap for which we look first: by itself Weaviate gives up what only the removed node has."""
    disposable.create("Handed", shards=2, objects=OBJECTS)
    before = placed(client(disposable), "Handed")
    (lost,) = (shard for shard, on in before.items() if on == ("weaviate-1",))
    (kept,) = (shard for shard, on in before.items() if on == ("weaviate-0",))
    wait_for(lambda: sum(counts(client(disposable), "Handed").values()) == OBJECTS, SETTLE_SECONDS)
    had = counts(client(disposable), "Handed")
    assert had["weaviate-1", lost] > 0
    weaviate = kill(disposable)

    with pytest.raises(Refused, match="weaviate-1 holds 1 shards of Handed"):
        remove_from_raft(weaviate, cluster_port(disposable), RemoveFromRaft(index=0, node="weaviate-1"))
    assert placed(weaviate, "Handed") == before
    cluster_port(disposable).remove("weaviate-1")

    assert placed(weaviate, "Handed") == {lost: ("weaviate-0",), kept: ("weaviate-0",)}
    wait_for(lambda: ("weaviate-0", lost) in counts(weaviate, "Handed"), SETTLE_SECONDS)
    assert counts(weaviate, "Handed") == {
        ("weaviate-0", lost): 0,
        ("weaviate-0", kept): had["weaviate-0", kept],
    }


def test_a_shard_that_nobody_else_can_take_names_a_removed_node_still(disposable: Subject) -> None:
    """Raft has forgotten the node all the same: the error comes after that."""
    disposable.create("Stuck", shards=1, objects=10, copies=2)
    weaviate = kill(disposable)
    (shard,) = placed(weaviate, "Stuck")

    with pytest.raises(Unavailable, match=f"{AT_FACTOR} 2") as refused:
        cluster_port(disposable).remove("weaviate-1")

    assert refused.value.status == 500
    assert in_raft(weaviate) == {"weaviate-0": True}
    assert placed(weaviate, "Stuck") == {shard: BOTH}
