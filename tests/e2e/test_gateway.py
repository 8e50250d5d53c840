"""The front door of a tier with two nodes: everybody gets a share, and a node that leaves takes no request with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests

from tests.e2e.conftest import NAMESPACE
from tests.e2e.documents import load_documents, members
from tests.e2e.searches import Searches
from tests.objects import wait_for
from tests.tiers import Tier

_GRPC = re.compile(r'^weaviate_grpc_server_request_duration_seconds_count\{.*method="Search".*\} (\S+)$', re.MULTILINE)
_REST = re.compile(r'^requests_total\{api="graphql".*query_type="Get".*\} (\S+)$', re.MULTILINE)


@pytest.fixture(scope="module")
def pair(standing: Callable[[str], Tier]) -> Tier:
    """Two nodes that both hold every document and both serve."""
    tier = standing("pair")
    load_documents(tier, factor=2)
    await_serving(tier, 2)
    return tier


def await_serving(tier: Tier, nodes: int, timeout: float = 120.0) -> None:
    """Wait until the tier reports so many serving nodes."""
    wait_for(f"{nodes} serving nodes", lambda: True if tier.status.get("servingNodes") == nodes else None, timeout)


def answered_by(tier: Tier, ordinal: int) -> tuple[float, float]:
    """How many searches a node has answered over gRPC and over REST, by its own count."""
    address = tier.node(ordinal)["status"]["podIP"]
    text = requests.get(f"http://{address}:2112/metrics", timeout=10).text
    grpc, rest = (sum(float(value) for value in series.findall(text)) for series in (_GRPC, _REST))
    return grpc, rest


def test_every_node_that_serves_gets_its_share_over_both_protocols(pair: Tier) -> None:
    """A gRPC client that is not balanced by request stays with the node that it met first."""
    before = [answered_by(pair, ordinal) for ordinal in (0, 1)]
    with Searches(pair) as searches:
        searches.await_answers(200)
    assert searches.failures == {}
    after = [answered_by(pair, ordinal) for ordinal in (0, 1)]
    for protocol in (0, 1):
        shares = [after[ordinal][protocol] - before[ordinal][protocol] for ordinal in (0, 1)]
        assert min(shares) > 0.25 * sum(shares), shares


def test_a_node_goes_and_comes_back_without_a_failed_search(pair: Tier) -> None:
    leaving = pair.node(1)["metadata"]["uid"]
    with Searches(pair) as searches:
        searches.await_answers(40)
        pair.kubectl("-n", NAMESPACE, "delete", "pod", "pair-weaviate-1", "--wait=false")
        wait_for("the serving set to shrink", lambda: True if pair.status.get("servingNodes") == 1 else None, 90)
        wait_for(
            "another pod", lambda: True if pair.node(1).get("metadata", {}).get("uid", leaving) != leaving else None, 90
        )
        await_serving(pair, 2)
        met = answered_by(pair, 1)
        searches.await_answers(100)
        assert all(now > then for now, then in zip(answered_by(pair, 1), met, strict=True))
    assert searches.failures == {}
    assert members(pair) == {"pair-weaviate-0": "HEALTHY", "pair-weaviate-1": "HEALTHY"}
