"""An operator under the harness asks before each write and tells the answer; what only reads is not held up."""

import json
from collections.abc import Iterator

import pytest
import requests
from kubernetes import client

from tests.chaos.operator import tolled
from tests.chaos.toll import GO, Toll, Write
from tests.unit.chaos.answering import Answering, listening

REPLICATE = "/v1/replication/replicate"


@pytest.fixture
def server() -> Iterator[str]:
    with listening(Answering) as address:
        yield f"http://{address}"


@pytest.fixture
def toll(monkeypatch: pytest.MonkeyPatch) -> Iterator[Toll]:
    with Toll("127.0.0.1") as found:
        monkeypatch.setenv("TOLL_URL", found.url)
        monkeypatch.setenv("POD_NAME", "operator-1")
        monkeypatch.setattr(requests.Session, "request", requests.Session.request)
        monkeypatch.setattr(client.ApiClient, "call_api", client.ApiClient.call_api)
        tolled.watch()
        yield found


def test_a_change_of_weaviate_is_told_before_and_after(toll: Toll, server: str) -> None:
    seen: list[int | None] = []

    def note(write: Write) -> str:
        seen.append(write.status)
        return GO

    toll.before = toll.after = note
    with requests.Session() as session:
        session.request("POST", f"{server}{REPLICATE}", json={"shard": "s"})
        session.request("GET", f"{server}/v1/schema")
        session.request("POST", f"{server}/v1/graphql", json={"query": "{}"})
    assert seen == [None, 200]
    (write,) = toll.writes
    assert (write.operator, write.label, write.body) == ("operator-1", f"POST {REPLICATE}", {"shard": "s"})
    assert toll.counts(0) == {f"POST {REPLICATE}": 1}


def test_a_write_to_kubernetes_is_told_and_a_read_is_not(toll: Toll, server: str) -> None:
    api = client.ApiClient(client.Configuration(host=server))
    path = "/apis/apps/v1/namespaces/chaos/statefulsets/t-weaviate"
    api.call_api("PATCH", f"{server}{path}", {"Content-Type": "application/json"}, {"spec": {"replicas": 3}})
    api.call_api("GET", f"{server}{path}", {})
    assert [(write.label, write.status) for write in toll.writes] == [("StatefulSet's replicas", 200)]


def test_a_former_write_is_found_by_its_name(toll: Toll, server: str) -> None:
    with requests.Session() as session:
        session.request("POST", f"{server}{REPLICATE}", json={})
    assert toll.await_write(f"POST {REPLICATE}", 0, 1.0).accepted
    with pytest.raises(TimeoutError, match="waited 0 s for the operator to write 'lock taken'"):
        toll.await_write("lock taken", 0, 0.1)


def test_nobody_is_asked_where_nobody_listens(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("TOLL_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("POD_NAME", "operator-1")
    monkeypatch.setattr(requests.Session, "request", requests.Session.request)
    monkeypatch.setattr(client.ApiClient, "call_api", client.ApiClient.call_api)
    tolled.watch()
    answer = requests.post(f"{server}{REPLICATE}", data=json.dumps({}), timeout=5)
    assert answer.status_code == 200
