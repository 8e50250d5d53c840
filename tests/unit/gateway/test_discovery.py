"""What a gateway is told about endpoints, and what it is told when they are not known."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from vectortier.gateway.server import PATH, build_app
from vectortier.gateway.xds import Endpoint, ServingSet, discovery_response, tier_of, version_of

TWO = (Endpoint("tickets-weaviate-0", "10.0.0.5"), Endpoint("tickets-weaviate-1", "10.0.0.6"))
NODE = {"id": "x", "cluster": "vectors/tickets"}


def addresses(response: dict[str, Any]) -> dict[str, list[tuple[str, int]]]:
    found = {}
    for resource in response["resources"]:
        hosts = [one["endpoint"]["address"]["socket_address"] for one in resource["endpoints"][0]["lb_endpoints"]]
        found[resource["cluster_name"]] = [(host["address"], host["port_value"]) for host in hosts]
    return found


def ask(serving: ServingSet | None, body: Any) -> tuple[int, dict[str, Any] | None]:
    async def scenario() -> tuple[int, dict[str, Any] | None]:
        app = build_app(lambda namespace, tier: serving if (namespace, tier) == ("vectors", "tickets") else None)
        async with TestClient(TestServer(app)) as client, client.post(PATH, json=body) as answer:
            return answer.status, await answer.json() if answer.status == 200 else None

    return asyncio.run(scenario())


def test_grpc_and_rest_clusters_get_the_same_pods_on_their_own_ports() -> None:
    found = addresses(discovery_response(["searches_grpc", "writes_rest"], TWO, "1"))
    assert found == {
        "searches_grpc": [("10.0.0.5", 50051), ("10.0.0.6", 50051)],
        "writes_rest": [("10.0.0.5", 8080), ("10.0.0.6", 8080)],
    }


def test_the_version_follows_the_set_and_not_its_order() -> None:
    assert version_of(TWO) == version_of(tuple(reversed(TWO)))
    assert version_of(TWO) != version_of(TWO[:1])
    assert version_of(TWO) != version_of((TWO[0], Endpoint("tickets-weaviate-1", "10.0.0.7")))


@pytest.mark.parametrize("node", [None, {}, {"cluster": "tickets"}, {"cluster": "/tickets"}, {"cluster": "vectors/"}])
def test_a_request_that_names_no_tier_is_refused(node: object) -> None:
    with pytest.raises(ValueError, match="namespace/name"):
        tier_of({"node": node})


def test_a_known_set_is_answered() -> None:
    status, body = ask(TWO, {"node": NODE, "resource_names": ["streams"]})
    assert status == 200
    assert body is not None
    assert addresses(body) == {"streams": [("10.0.0.5", 50051), ("10.0.0.6", 50051)]}


def test_an_unknown_set_is_an_error_and_never_an_empty_set() -> None:
    assert ask(None, {"node": NODE, "resource_names": ["streams"]}) == (503, None)
    assert ask(TWO, {"node": {"cluster": "vectors/others"}, "resource_names": ["streams"]}) == (503, None)


def test_an_empty_set_is_passed_on_as_one() -> None:
    status, body = ask((), {"node": NODE, "resource_names": ["streams"]})
    assert status == 200
    assert body is not None
    assert addresses(body) == {"streams": []}


def test_the_same_version_is_not_sent_twice() -> None:
    request = {"node": NODE, "resource_names": ["streams"], "version_info": version_of(TWO)}
    assert ask(TWO, request)[0] == 304
    assert ask(TWO[:1], request)[0] == 200


@pytest.mark.parametrize(
    "body", [[], "text", {"node": NODE, "resource_names": ["unheard_of"]}, {"node": NODE, "resource_names": "streams"}]
)
def test_what_is_no_discovery_request_is_refused(body: object) -> None:
    assert ask(TWO, body) == (400, None)
