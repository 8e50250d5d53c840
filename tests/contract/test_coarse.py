"""A real Prometheus that scrapes a real Weaviate and no gateway: what searches took is known as far as bounds go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cluster.builds.debian import find_packages
from tests.cluster.progress import Progress, print_plainly
from tests.contract import scraped
from tests.contract.loopback import LoopbackCluster, wait_for
from tests.contract.subject import RealSubject
from tests.contract.test_collections import grpc_client
from vectortier.api.vectortier import VectorTierSpec
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.model.load import Load, SloWindow
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe.load import read_load

TIER = Identity(namespace=scraped.NAMESPACE, name=scraped.TIER, uid="u", generation=1)
POD = f"{scraped.TIER}-weaviate-0"


def spec(milliseconds: int) -> VectorTierSpec:
    windows = {"shortSeconds": 15, "longSeconds": 30}
    damping = {"windows": windows, "scaleOut": {"stabilizationWindowSeconds": 5}}
    return VectorTierSpec.model_validate({"slo": {"search": {"p99Milliseconds": milliseconds}}, "damping": damping})


@pytest.fixture
def cluster(weaviate_binary: Path, tmp_path: Path) -> Iterator[LoopbackCluster]:
    made = LoopbackCluster.create(weaviate_binary, tmp_path / "weaviate", 1, {})
    try:
        made.start()
        yield made
    finally:
        made.stop()


def look(server: Prometheus, milliseconds: int) -> Load | Unknown:
    return read_load(server, TIER, spec(milliseconds), time.time())


def test_weaviates_own_histograms_stand_in_for_gateways_that_nobody_scrapes(
    cluster: LoopbackCluster, tmp_path: Path
) -> None:
    binary = find_packages(Progress(print_plainly)).program("prometheus")
    node = cluster.nodes[0]
    subject = RealSubject(cluster, None)
    subject.create("Ticket", 1, 20)
    query = {"query": "{Get{Ticket(limit:3){title}}}"}
    with (
        scraped.prometheus_of(binary, tmp_path, {POD: f"127.0.0.1:{node.port + 6}"}) as url,
        grpc_client(node) as client,
    ):
        server = Prometheus(PrometheusSettings(url=url))

        def searched() -> bool:
            """The first searches make the series; the later ones show."""
            for _ in range(20):
                client.collections.get("Ticket").query.bm25("a", limit=3)
            assert "errors" not in requests.post(f"{node.url}/v1/graphql", json=query, timeout=10).json()
            load = look(server, 300)
            return isinstance(load, Load) and isinstance(load.long, SloWindow) and load.long.requests > 50

        wait_for(searched, 30.0, lambda: str(look(server, 300)))
        between, exact = look(server, 300), look(server, 250)

    assert isinstance(between, Load)
    assert isinstance(between.long, SloWindow)
    assert between.long.between_milliseconds == (250.0, 500.0), "as the bounds of this version are"
    assert (between.long.bad, between.long.bad_at_most) == (0.0, 0.0), "none took so long"
    assert between.long.age_seconds < 5
    assert isinstance(exact, Load)
    assert isinstance(exact.long, SloWindow)
    assert (exact.long.between_milliseconds, exact.long.bad_at_most) == ((250.0, 250.0), None)
