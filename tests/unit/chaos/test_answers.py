"""What the proxy between the operator and Weaviate does with answers."""

import json
from collections.abc import Iterator

import pytest
import requests

from tests.chaos.faults.answers import ChangesUnanswered, EveryThirdRefused, OldPlacement, ready_too_early
from tests.chaos.proxy import Meddle, Proxy
from tests.unit.chaos.answering import Answering, listening

STATE, LIST, SCALE = "/v1/replication/sharding-state", "/v1/replication/replicate/list", "/v1/replication/scale"
TIMEOUT = 5


class Weaviate(Answering):
    """Says how often it was asked, and lists a movement that goes on."""

    asked = 0

    def body(self) -> bytes:
        type(self).asked += 1
        moving = [{"id": "1", "status": {"state": "HYDRATING"}}]
        return json.dumps(moving if self.path == LIST else {"asked": self.asked}).encode()


@pytest.fixture
def server() -> Iterator[str]:
    """HOST:PORT of it."""
    with listening(Weaviate) as address:
        yield address


def statuses(meddle: Meddle, server: str, count: int) -> list[int]:
    with Proxy("127.0.0.1", meddle) as proxy:
        url = f"http://{proxy.address}/v1/schema"
        return [requests.get(url, headers={"Host": server}, timeout=TIMEOUT).status_code for _ in range(count)]


def test_every_third_request_is_refused(server: str) -> None:
    assert statuses(EveryThirdRefused(), server, 6) == [200, 200, 503, 200, 200, 503]


def test_the_answer_to_a_change_is_lost_once_and_the_change_is_made(server: str) -> None:
    before = Weaviate.asked
    with Proxy("127.0.0.1", ChangesUnanswered()) as proxy:
        url = f"http://{proxy.address}{SCALE}"
        with pytest.raises(requests.ConnectionError):
            requests.post(url, json={}, headers={"Host": server}, timeout=TIMEOUT)
        assert Weaviate.asked == before + 1
        assert requests.post(url, json={}, headers={"Host": server}, timeout=TIMEOUT).status_code == 200


def test_the_placement_stays_what_it_was_and_nothing_else_does(server: str) -> None:
    with Proxy("127.0.0.1", OldPlacement()) as proxy:
        address, headers = f"http://{proxy.address}", {"Host": server}
        old = [requests.get(f"{address}{STATE}?collection=A", headers=headers, timeout=TIMEOUT).json() for _ in "ab"]
        new = [requests.get(f"{address}/v1/nodes", headers=headers, timeout=TIMEOUT).json() for _ in "ab"]
    assert old[0] == old[1]
    assert new[0] != new[1]


def test_a_movement_that_goes_on_is_said_to_be_ready(server: str) -> None:
    with Proxy("127.0.0.1", ready_too_early) as proxy:
        found = requests.get(f"http://{proxy.address}{LIST}", headers={"Host": server}, timeout=TIMEOUT).json()
    assert [movement["status"]["state"] for movement in found] == ["READY"]
