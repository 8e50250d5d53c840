"""What Weaviate says about itself."""

from __future__ import annotations

import random

import pytest

from tests.contract.loopback import wait_for
from tests.contract.subject import Subject, client
from vectortier.act.warm import WarmLimits, WarmUp
from vectortier.clients.errors import Invalid, NotFound, Refused, Unauthorized
from vectortier.clients.weaviate import StoredVector, Weaviate
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database, RaftMember
from vectortier.observe.database import read_database


def test_statistics_say_who_leads_and_who_votes(subject: Subject) -> None:
    statistics = client(subject).statistics("weaviate-1")

    assert {s.name: s.leads for s in statistics} == {"weaviate-0": True, "weaviate-1": False}
    assert {s.leader for s in statistics} == {"weaviate-0"}
    voters = (RaftMember(id="weaviate-0", voter=True), RaftMember(id="weaviate-1", voter=False))
    assert all(sorted(s.configuration, key=lambda m: m.id) == list(voters) for s in statistics)


def test_members_are_healthy_and_say_their_version(subject: Subject) -> None:
    members = client(subject).members("weaviate-1")

    found = [(m.name, m.status, m.version) for m in members]
    assert found == [("weaviate-0", "HEALTHY", "1.39.3"), ("weaviate-1", "HEALTHY", "1.39.3")]
    assert client(subject).meta().version == "1.39.3"


def test_members_report_the_shards_that_they_hold(subject: Subject) -> None:
    subject.create("Reported", shards=2, objects=20)

    held = {m.name: [s for s in m.shards if s.collection == "Reported"] for m in client(subject).members()}

    assert {name: len(shards) for name, shards in held.items()} == {"weaviate-0": 1, "weaviate-1": 1}
    assert all(s.status == "READY" and s.loaded for shards in held.values() for s in shards)


def test_the_sharding_state_names_every_shard_and_its_replicas(subject: Subject) -> None:
    subject.create("Placed", shards=2, objects=2)

    shards = client(subject).shards("Placed")

    assert sorted(shard.replicas for shard in shards) == [("weaviate-0",), ("weaviate-1",)]


def test_a_collection_that_does_not_exist_is_not_found(subject: Subject) -> None:
    with pytest.raises(NotFound):
        client(subject).shards("Nowhere")
    with pytest.raises(NotFound):
        client(subject).class_definition("Nowhere")


def test_the_whole_look_fits_together(subject: Subject) -> None:
    subject.create("Whole", shards=2, objects=2)

    database = read_database(client(subject), deadline_seconds=20)

    assert isinstance(database, Database), database
    assert {m.name for m in database.members} == {r.id for r in database.raft} == {"weaviate-0", "weaviate-1"}
    found = next(c for c in database.collections if c.name == "Whole")
    assert (found.factor, found.multi_tenant, len(found.shards)) == (1, False, 2)
    assert not database.backup_running


def test_a_backup_backend_without_its_module_is_refused(subject: Subject) -> None:
    with pytest.raises(Refused, match="no backup backend"):
        client(subject).backup_running(["filesystem"])


def test_stored_vectors_can_be_read_and_searched_with(subject: Subject) -> None:
    subject.create("Searched", shards=1, objects=20)
    weaviate = client(subject)

    first = weaviate.sample("Searched", 5, "00000000-0000-0000-0000-000000000000")
    second = weaviate.sample("Searched", 50, first.last_id or "")

    assert (len(first.vectors), len(second.vectors)) == (5, 15)
    assert weaviate.sample("Searched", 5, "ffffffff-ffff-ffff-ffff-ffffffffffff").last_id is None
    assert weaviate.search("Searched", first.vectors[0], 3, "weaviate-1") == 3


def test_a_search_that_fails_is_an_error_although_the_answer_is_200(subject: Subject) -> None:
    subject.create("Misfit", shards=1, objects=5)

    with pytest.raises(Invalid, match="vector search"):
        client(subject).search("Misfit", StoredVector(name=None, values=(1.0, 2.0)), 3, "weaviate-0")


@pytest.mark.parametrize("key", [None, "another-key"])
def test_without_the_right_key_nothing_is_said(locked: Subject, key: str | None) -> None:
    with pytest.raises(Unauthorized) as refused:
        Weaviate(locked.urls(), key).members()

    assert refused.value.status == 401


def test_with_the_right_key_it_answers(locked: Subject) -> None:
    assert [member.name for member in client(locked).members()] == ["weaviate-0"]


def test_switched_off_movement_is_told_from_an_empty_list(locked: Subject) -> None:
    with pytest.raises(Refused) as refused:
        client(locked).movements()
    database = read_database(client(locked), deadline_seconds=20)

    assert refused.value.status == 501
    assert isinstance(database, Unknown)
    assert "REPLICA_MOVEMENT_ENABLED" in database.message


def test_a_dead_node_is_unavailable_and_stays_in_raft(disposable: Subject) -> None:
    disposable.create("Survivor", shards=1, objects=1)
    disposable.kill("weaviate-1")
    survivor = Weaviate({"weaviate-0": disposable.urls()["weaviate-0"]})

    def gone() -> bool:
        return {m.name: m.status for m in survivor.members()}.get("weaviate-1") in {None, "UNAVAILABLE"}

    wait_for(gone, 30)
    database = read_database(survivor, deadline_seconds=20)
    assert isinstance(database, Database), database
    assert {r.id for r in database.raft} == {"weaviate-0", "weaviate-1"}


def test_a_node_can_be_warmed_with_its_own_vectors(subject: Subject) -> None:
    subject.create("Warmed", shards=1, objects=40)
    weaviate = client(subject)
    holder = weaviate.shards("Warmed")[0].replicas[0]
    limits = WarmLimits(window=5, searches=200, page=10)

    warmth = WarmUp(weaviate, holder, random.Random(1), limits).run(60)

    assert warmth is not None
    assert warmth.failed == 0
    assert warmth.searches >= 15
    assert warmth.p99_milliseconds is not None
