"""Acting on Weaviate does nothing twice and nothing on a stale picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.weaviate import FakeWeaviate, Fault
from vectortier.act.factor import raise_factor
from vectortier.act.movement import delete_movement, start_copy
from vectortier.clients.errors import NotFound, Refused, Unreachable
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import DeleteMovement, RaiseFactor, StartCopy

COPY = StartCopy(index=0, collection="Doc", shard="S1", source="w-0", target="w-1")
RAISE = RaiseFactor(index=0, collection="Doc", factor=2)


@pytest.fixture
def fake() -> Iterator[FakeWeaviate]:
    with FakeWeaviate(seconds_per_state=None) as fake:
        fake.add_node("w-0", voter=True)
        fake.add_node("w-1")
        fake.add_collection("Doc", {"S1": ["w-0"], "S2": ["w-0"]})
        yield fake


@pytest.fixture
def client(fake: FakeWeaviate) -> Weaviate:
    return Weaviate(fake.urls())


def delete(movement_id: str) -> DeleteMovement:
    return DeleteMovement(index=0, weaviate_operation_id=movement_id)


def test_a_copy_is_started_once(fake: FakeWeaviate, client: Weaviate) -> None:
    first = start_copy(client, COPY)

    assert start_copy(client, COPY) == first
    assert fake.cluster.started_copies == [("Doc", "S1", "w-1")]


def test_a_copy_whose_answer_was_lost_is_found_again_and_not_doubled(fake: FakeWeaviate, client: Weaviate) -> None:
    with fake.fault(Fault("POST /v1/replication/replicate", drop=True)), pytest.raises(Unreachable):
        start_copy(client, COPY)

    movement_id = start_copy(client, COPY)

    assert list(fake.cluster.movements) == [movement_id]


def test_of_two_movements_the_running_one_is_adopted(fake: FakeWeaviate, client: Weaviate) -> None:
    cancelled = client.copy_shard(("Doc", "S1"), "w-0", "w-1")
    fake.cluster.cancel(cancelled, 0.0)
    running = client.copy_shard(("Doc", "S1"), "w-0", "w-1")

    assert start_copy(client, COPY) == running


def test_copies_of_other_shards_are_not_mistaken_for_ours(fake: FakeWeaviate, client: Weaviate) -> None:
    other = client.copy_shard(("Doc", "S2"), "w-0", "w-1")

    assert start_copy(client, COPY) != other


def test_a_target_that_holds_the_shard_is_refused_before_weaviate_is_asked(
    fake: FakeWeaviate, client: Weaviate
) -> None:
    fake.cluster.collections["Doc"].replicas["S1"].append("w-1")

    with pytest.raises(Refused, match="already"):
        start_copy(client, COPY)
    assert fake.count("POST", "replicate") == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "w-1", "target": "w-0"}, "already"),
        ({"source": "w-7"}, "does not hold"),
        ({"target": "w-7"}, "no member"),
    ],
)
def test_a_copy_on_a_stale_picture_is_refused(
    fake: FakeWeaviate, client: Weaviate, change: dict[str, str], message: str
) -> None:
    with pytest.raises(Refused, match=message):
        start_copy(client, COPY.model_copy(update=change))
    assert fake.cluster.started_copies == []


def test_a_dead_target_gets_no_copy(fake: FakeWeaviate) -> None:
    client = Weaviate({"w-0": fake.url("w-0")})
    fake.kill_node("w-1")

    with pytest.raises(Refused, match="UNAVAILABLE"):
        start_copy(client, COPY)


def test_a_shard_that_is_gone_is_not_found(client: Weaviate) -> None:
    with pytest.raises(NotFound):
        start_copy(client, COPY.model_copy(update={"shard": "S9"}))


def test_without_the_lease_nothing_is_changed_and_reading_goes_on(fake: FakeWeaviate) -> None:
    client = Weaviate(fake.urls(), may_write=lambda: False)
    for change in (lambda: start_copy(client, COPY), lambda: client.copy_shard(("Doc", "S1"), "w-0", "w-1")):
        with pytest.raises(Refused, match="does not lead"):
            change()
    assert client.shards("Doc")
    assert fake.count("POST", "replicate") == 0


def test_only_finished_movements_are_deleted(fake: FakeWeaviate, client: Weaviate) -> None:
    movement_id = start_copy(client, COPY)
    with pytest.raises(Refused, match="REGISTERED, not finished"):
        delete_movement(client, delete(movement_id))
    for _ in range(4):
        fake.step()

    delete_movement(client, delete(movement_id))
    fake.step()
    delete_movement(client, delete(movement_id))

    assert fake.cluster.movements == {}
    assert fake.cluster.collections["Doc"].replicas["S1"] == ["w-0", "w-1"]


def test_the_factor_waits_for_every_shard(fake: FakeWeaviate, client: Weaviate) -> None:
    fake.cluster.collections["Doc"].replicas["S1"].append("w-1")

    with pytest.raises(Refused, match="S2"):
        raise_factor(client, RAISE)
    assert fake.count("PUT", "schema") == 0


def test_the_factor_is_raised_once_and_nothing_else_is_changed(fake: FakeWeaviate, client: Weaviate) -> None:
    collection = fake.cluster.collections["Doc"]
    collection.deletion_strategy = "NoAutomatedResolution"
    for replicas in collection.replicas.values():
        replicas.append("w-1")

    assert raise_factor(client, RAISE)
    assert not raise_factor(client, RAISE)

    assert (collection.factor, collection.deletion_strategy) == (2, "NoAutomatedResolution")
    assert fake.count("PUT", "schema") == 1


def test_a_higher_factor_is_left_alone(fake: FakeWeaviate, client: Weaviate) -> None:
    fake.cluster.collections["Doc"].factor = 3

    assert not raise_factor(client, RAISE)
    assert fake.cluster.collections["Doc"].factor == 3
