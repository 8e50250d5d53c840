"""Which of Weaviate's series tell the searches of each collection, and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from weaviate import WeaviateClient, connect_to_custom

from tests.contract.loopback import LoopbackCluster, Node
from tests.contract.subject import RealSubject
from vectortier.observe.weaviate_metrics import GROUPED, SEARCHES_SERIES

BY_GRAPHQL, BY_GRPC = 7, 11


@pytest.fixture(params=["true", "false"], ids=["grouped", "ungrouped"])
def cluster(
    request: pytest.FixtureRequest, weaviate_binary: Path, tmp_path: Path
) -> Iterator[tuple[LoopbackCluster, bool]]:
    """Two nodes, and whether their series are grouped."""
    made = LoopbackCluster.create(weaviate_binary, tmp_path, 2, {"PROMETHEUS_MONITORING_GROUP": request.param})
    try:
        made.start()
        yield made, request.param == "true"
    finally:
        made.stop()


def counted(cluster: LoopbackCluster) -> dict[str, float]:
    """Searches by what Weaviate calls their collection, summed over the nodes."""
    found: dict[str, float] = {}
    for node in cluster.nodes:
        text = requests.get(f"http://127.0.0.1:{node.port + 6}/metrics", timeout=10).text
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == SEARCHES_SERIES:
                    name = sample.labels["class_name"]
                    found[name] = found.get(name, 0.0) + sample.value
    return found


def grpc_client(node: Node) -> WeaviateClient:
    host = "127.0.0.1"
    return connect_to_custom(
        http_host=host,
        http_port=node.port,
        http_secure=False,
        grpc_host=host,
        grpc_port=node.port + 5,
        grpc_secure=False,
    )


def test_searches_are_counted_once_by_collection_unless_series_are_grouped(
    cluster: tuple[LoopbackCluster, bool],
) -> None:
    nodes, grouped = cluster
    subject = RealSubject(nodes, None)
    subject.create("Ticket", 2, 20)
    subject.create("Faq", 2, 20)

    query = {"query": "{Get{Ticket(limit:3){title}}}"}
    for _ in range(BY_GRAPHQL):
        assert "errors" not in requests.post(f"{nodes.nodes[0].url}/v1/graphql", json=query, timeout=10).json()
    with grpc_client(nodes.nodes[1]) as client:
        for _ in range(BY_GRPC):
            client.collections.get("Faq").query.bm25("a", limit=3)

    wanted = {GROUPED: BY_GRAPHQL + BY_GRPC} if grouped else {"Ticket": BY_GRAPHQL, "Faq": BY_GRPC}
    assert counted(nodes) == wanted
