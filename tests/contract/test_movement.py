"""Copying shards, clearing away what is finished, raising the factor."""

from __future__ import annotations

import uuid

import pytest

from tests.contract.loopback import wait_for
from tests.contract.subject import Subject, client, survivor
from vectortier.act.factor import raise_factor
from vectortier.act.movement import delete_movement, start_copy
from vectortier.clients.errors import NotFound, Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import DeleteMovement, RaiseFactor, StartCopy

ORDER = ["REGISTERED", "HYDRATING", "FINALIZING", "INTEGRATING", "READY"]
# Weaviate looks for new movements every five seconds, and starts a failed attempt anew after as long again.
COPY_SECONDS = 90.0


def copy_of(weaviate: Weaviate, collection: str, index: int = 0) -> StartCopy:
    """The copy of one of a collection's shards to the node that lacks it."""
    shard = weaviate.shards(collection)[index]
    source = shard.replicas[0]
    target = "weaviate-1" if source == "weaviate-0" else "weaviate-0"
    return StartCopy(index=0, collection=collection, shard=shard.name, source=source, target=target)


def finish(weaviate: Weaviate, movement_id: str) -> list[str]:
    """Waits until a movement has ended; returns the states that were seen, in order."""
    seen: list[str] = []

    def ended() -> bool:
        state = weaviate.movement(movement_id).state
        if not seen or seen[-1] != state:
            seen.append(state)
        return state in {"READY", "CANCELLED"}

    wait_for(ended, COPY_SECONDS, lambda: f"states so far: {seen}")
    return seen


def listed(weaviate: Weaviate, movement_id: str) -> bool:
    return any(movement.id == movement_id for movement in weaviate.movements())


def test_a_copy_goes_through_its_states_and_adds_a_replica(subject: Subject) -> None:
    subject.create("Copied", shards=1, objects=50)
    weaviate = client(subject)
    action = copy_of(weaviate, "Copied")

    movement_id = start_copy(weaviate, action)
    begun = weaviate.movement(movement_id)
    states = finish(weaviate, movement_id)

    assert (begun.collection, begun.shard, begun.source, begun.target, begun.kind) == (
        "Copied",
        action.shard,
        action.source,
        action.target,
        "COPY",
    )
    assert begun.state_since is not None
    assert states == [state for state in ORDER if state in states]
    assert states[-1] == "READY"
    assert weaviate.shards("Copied")[0].replicas == ("weaviate-0", "weaviate-1")
    # Once the record is gone, the copy stays, and another copy is refused.
    delete_movement(weaviate, DeleteMovement(index=0, weaviate_operation_id=movement_id))
    wait_for(lambda: not listed(weaviate, movement_id), COPY_SECONDS)
    with pytest.raises(NotFound):
        weaviate.movement(movement_id)
    assert weaviate.shards("Copied")[0].replicas == ("weaviate-0", "weaviate-1")
    with pytest.raises(Refused, match="already exist"):
        weaviate.copy_shard(("Copied", action.shard), action.source, action.target)
    with pytest.raises(Refused, match="already"):
        start_copy(weaviate, action)


def test_weaviate_accepts_the_same_copy_twice_and_we_do_not_ask_twice(subject: Subject) -> None:
    subject.create("Twice", shards=1, objects=5)
    weaviate = client(subject)
    action = copy_of(weaviate, "Twice")

    first = start_copy(weaviate, action)
    again = start_copy(weaviate, action)
    doubled = weaviate.copy_shard(("Twice", action.shard), action.source, action.target)

    assert again == first
    assert doubled != first
    subject.forget(doubled)
    finish(weaviate, first)
    subject.forget(first)


def test_a_copy_to_an_unknown_node_is_accepted_by_weaviate_and_refused_by_us(subject: Subject) -> None:
    subject.create("Astray", shards=1, objects=5)
    weaviate = client(subject)
    action = copy_of(weaviate, "Astray").model_copy(update={"target": "weaviate-9"})

    with pytest.raises(Refused, match="no member"):
        start_copy(weaviate, action)
    accepted = weaviate.copy_shard(("Astray", action.shard), action.source, "weaviate-9")

    assert weaviate.movement(accepted).state == "REGISTERED"
    subject.forget(accepted)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"target": "weaviate-0", "source": "weaviate-0"}, "same"),
        ({"shard": "nosuchshard"}, "shard not found"),
        ({"collection": "Nowhere"}, "class not found"),
        ({"source": "the target", "target": "the source"}, "on source node"),
    ],
)
def test_impossible_copies_are_refused_with_a_reason(subject: Subject, change: dict[str, str], reason: str) -> None:
    weaviate = client(subject)
    if "Refusals" not in {c.name for c in weaviate.collections()}:
        subject.create("Refusals", shards=1, objects=5)
    action = copy_of(weaviate, "Refusals")
    nodes = {"the source": action.source, "the target": action.target}
    action = action.model_copy(update={field: nodes.get(value, value) for field, value in change.items()})

    with pytest.raises(Refused, match=reason) as refused:
        weaviate.copy_shard((action.collection, action.shard), action.source, action.target)
    assert refused.value.status == 422


def test_a_running_copy_is_not_deleted_by_us_and_cancelled_by_weaviate(subject: Subject) -> None:
    subject.create("Running", shards=1, objects=5)
    weaviate = client(subject)
    action = copy_of(weaviate, "Running")
    movement_id = start_copy(weaviate, action)

    with pytest.raises(Refused, match="not finished"):
        delete_movement(weaviate, DeleteMovement(index=0, weaviate_operation_id=movement_id))
    weaviate.delete_movement(movement_id)

    wait_for(lambda: not listed(weaviate, movement_id), COPY_SECONDS)
    assert weaviate.shards("Running")[0].replicas == (action.source,)


def test_what_is_gone_is_deleted_without_an_error(subject: Subject) -> None:
    weaviate = client(subject)
    nobody = str(uuid.UUID(int=7, version=4))

    weaviate.delete_movement(nobody)
    delete_movement(weaviate, DeleteMovement(index=0, weaviate_operation_id=nobody))

    with pytest.raises(NotFound):
        weaviate.movement(nobody)


def test_the_factor_is_raised_only_when_every_shard_has_the_copies(subject: Subject) -> None:
    subject.create("Factor", shards=2, objects=20)
    weaviate = client(subject)
    wanted = RaiseFactor(index=0, collection="Factor", factor=2)
    definition = weaviate.class_definition("Factor")

    for index in range(2):
        with pytest.raises(Refused, match="fewer than 2 copies"):
            raise_factor(weaviate, wanted)
        raised = {**definition, "replicationConfig": {**definition["replicationConfig"], "factor": 2}}
        with pytest.raises(Refused, match="not enough replicas"):
            weaviate.put_class_definition("Factor", raised)
        finish(weaviate, start_copy(weaviate, copy_of(weaviate, "Factor", index)))

    assert raise_factor(weaviate, wanted)
    assert not raise_factor(weaviate, wanted)
    after = weaviate.class_definition("Factor")
    assert after["replicationConfig"]["factor"] == 2
    # Nothing else changed, apart from what Weaviate derives from the factor.
    for one in (definition, after):
        one["replicationConfig"] = {
            key: value for key, value in one["replicationConfig"].items() if key not in {"factor", "asyncEnabled"}
        }
    assert after == definition
    for movement in weaviate.movements():
        subject.forget(movement.id)


def test_a_target_that_ended_while_it_was_copied_to_is_refused_until_another_movement_is_begun(
    subject: Subject,
) -> None:
    subject.create("Interrupted", shards=4, objects=4000)
    weaviate = client(subject)
    index = next(i for i, shard in enumerate(weaviate.shards("Interrupted")) if shard.replicas == ("weaviate-0",))
    action = copy_of(weaviate, "Interrupted", index)

    movement_id = start_copy(weaviate, action)
    wait_for(lambda: weaviate.movement(movement_id).state == "HYDRATING", COPY_SECONDS)
    subject.kill("weaviate-1")
    assert survivor(subject).movement(movement_id).state == "HYDRATING"
    subject.start("weaviate-1")

    wait_for(lambda: len(weaviate.movement(movement_id).errors) > 2, COPY_SECONDS)
    found = weaviate.movement(movement_id)
    assert found.state == "HYDRATING"
    assert len({error.message for error in found.errors[-2:]}) == 1
    assert "file exists" in found.errors[-1].message
    assert (found.errors[-1].at or 0.0) > (found.errors[-2].at or 0.0) > (found.state_since or 0.0)

    delete_movement(weaviate, DeleteMovement(index=0, weaviate_operation_id=movement_id, cancel=True))
    wait_for(lambda: not listed(weaviate, movement_id), COPY_SECONDS)
    assert finish(weaviate, start_copy(weaviate, action))[-1] == "READY"
