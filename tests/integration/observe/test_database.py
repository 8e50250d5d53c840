"""One look at Weaviate either fits together or says why it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.weaviate import FakeWeaviate, Fault
from vectortier.api.reasons import Reason
from vectortier.clients.http import Deadlines
from vectortier.clients.weaviate import Weaviate
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.observe.database import read_database


@pytest.fixture
def fake() -> Iterator[FakeWeaviate]:
    with FakeWeaviate(seconds_per_state=None) as fake:
        fake.add_node("w-0", voter=True)
        fake.add_node("w-1")
        fake.add_collection("Doc", {"S1": ["w-0"], "S2": ["w-1", "w-0"]})
        yield fake


def look(fake: FakeWeaviate, key: str | None = None) -> Database | Unknown:
    return read_database(Weaviate(fake.urls(), key, attempts=1), deadline_seconds=20.0)


def known(database: Database | Unknown) -> Database:
    assert isinstance(database, Database), database
    return database


def unknown(database: Database | Unknown) -> Unknown:
    assert isinstance(database, Unknown), database
    return database


def test_everything_is_read_from_the_leader(fake: FakeWeaviate) -> None:
    followers_first = dict(reversed(fake.urls().items()))

    database = known(read_database(Weaviate(followers_first)))

    assert [m.name for m in database.members] == ["w-0", "w-1"]
    assert [(r.id, r.voter) for r in database.raft] == [("w-0", True), ("w-1", False)]
    assert [s.replicas for s in database.collections[0].shards] == [("w-0",), ("w-0", "w-1")]
    assert database.copies == 1
    asked = {seen.node for seen in fake.requests if not seen.path.endswith("/statistics")}
    assert asked == {"w-0"}


def test_a_follower_that_is_down_does_not_blind_us(fake: FakeWeaviate) -> None:
    urls = fake.urls()
    fake.kill_node("w-1")

    database = known(read_database(Weaviate(urls, attempts=1)))

    assert {m.name: m.status for m in database.members} == {"w-0": "HEALTHY", "w-1": "UNAVAILABLE"}


def test_without_a_leader_the_cluster_is_starting(fake: FakeWeaviate) -> None:
    fake.cluster.nodes["w-0"].voter = False

    assert unknown(look(fake)).reason == Reason.WEAVIATE_STARTING


def test_without_an_address_the_cluster_is_starting() -> None:
    assert unknown(read_database(Weaviate({}))).reason == Reason.WEAVIATE_STARTING


def test_two_leaders_are_not_believed(fake: FakeWeaviate) -> None:
    with FakeWeaviate() as other:
        other.add_node("w-9", voter=True)
        slow = Fault("GET /v1/cluster/statistics", body=_statistics_of_two_leaders())
        with fake.fault(slow):
            database = look(fake)

    assert "w-0, w-9" in unknown(database).message


def _statistics_of_two_leaders() -> bytes:
    one = '{"name": "%s", "raft": {"state": "Leader", "latestConfiguration": []}}'
    return f'{{"statistics": [{one % "w-0"}, {one % "w-9"}]}}'.encode()


def test_a_cluster_that_is_down_is_unreachable(fake: FakeWeaviate) -> None:
    client = Weaviate(fake.urls(), attempts=1)
    fake.close()

    assert unknown(read_database(client)).reason == Reason.WEAVIATE_UNREACHABLE


def test_a_late_answer_is_not_waited_for(fake: FakeWeaviate) -> None:
    # The answer would come before the client's own deadline; whoever waited for it would have a database.
    client = Weaviate(fake.urls(), deadlines=Deadlines(read=4.0), attempts=1)
    with fake.fault(Fault("GET /v1/nodes", delay_seconds=0.9)):
        database = unknown(read_database(client, deadline_seconds=0.4))

    assert database.reason == Reason.WEAVIATE_UNREACHABLE
    assert "did not answer within 0.4 s" in database.message


@pytest.mark.parametrize("path", ["nodes", "schema", "replication/replicate/list", "replication/sharding-state"])
def test_any_part_that_fails_makes_the_whole_look_unknown(fake: FakeWeaviate, path: str) -> None:
    with fake.fault(Fault(f"GET /v1/{path}", status=500)):
        database = unknown(look(fake))

    assert database.reason == Reason.WEAVIATE_UNREACHABLE
    assert path in database.message


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"nodes": [{"name": 1, "status": null}]}', b"{}"])
def test_an_answer_of_another_shape_is_unknown(fake: FakeWeaviate, body: bytes) -> None:
    with fake.fault(Fault("GET /v1/nodes", body=body)):
        assert unknown(look(fake)).reason == Reason.WEAVIATE_UNREACHABLE


def test_a_wrong_key_is_said_to_be_one(fake: FakeWeaviate) -> None:
    fake.api_key = "right"

    assert "key" in unknown(look(fake, "wrong")).message
    assert known(look(fake, "right"))


def test_a_collection_deleted_during_the_look_is_left_out(fake: FakeWeaviate) -> None:
    with fake.fault(Fault("GET /v1/replication/sharding-state", status=404)):
        assert known(look(fake)).collections == ()


def test_read_only_shards_tenants_and_backups_are_seen(fake: FakeWeaviate) -> None:
    fake.add_collection("Tenants", {"alice": ["w-0"]}, multi_tenant=True).read_only.add("alice")
    fake.modules = {"backup-filesystem": {}}
    fake.backups = [{"id": "one", "status": "SUCCESS"}, {"id": "two", "status": "TRANSFERRING"}]

    database = known(look(fake))

    assert [(c.name, c.multi_tenant) for c in database.collections] == [("Doc", False), ("Tenants", True)]
    assert {s.status for m in database.members for s in m.shards if s.collection == "Tenants"} == {"READONLY"}
    assert database.backup_running


@pytest.mark.parametrize("path", ["meta", "backups/s3"])
def test_a_store_of_backups_that_fails_hides_nothing_but_itself(fake: FakeWeaviate, path: str) -> None:
    fake.modules = {"backup-s3": {}}
    with fake.fault(Fault(f"GET /v1/{path}", status=500)):
        database = known(look(fake))

    assert isinstance(database.backup_running, Unknown)
    assert database.backup_running.reason == Reason.BACKUP_UNKNOWN
    assert [c.name for c in database.collections] == ["Doc"]


def test_a_store_of_backups_that_hangs_is_not_waited_for_beyond_the_deadline(fake: FakeWeaviate) -> None:
    fake.modules = {"backup-s3": {}}
    client = Weaviate(fake.urls(), deadlines=Deadlines(read=4.0), attempts=1)
    with fake.fault(Fault("GET /v1/backups/s3", delay_seconds=0.9)):
        database = known(read_database(client, deadline_seconds=0.5))

    assert isinstance(database.backup_running, Unknown)
    assert database.members


def test_a_finished_backup_is_none_that_runs(fake: FakeWeaviate) -> None:
    fake.modules = {"backup-filesystem": {}}
    fake.backups = [{"id": "one", "status": "SUCCESS"}, {"id": "two", "status": "FAILED"}]

    assert not known(look(fake)).backup_running


def test_movements_carry_their_state_and_since_when(fake: FakeWeaviate) -> None:
    client = Weaviate(fake.urls())
    client.copy_shard(("Doc", "S1"), "w-0", "w-1")
    fake.step()

    movement = known(look(fake)).movements[0]

    assert (movement.source, movement.target, movement.kind, movement.state) == ("w-0", "w-1", "COPY", "HYDRATING")
    assert movement.state_since is not None
