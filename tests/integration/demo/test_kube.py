"""What the demo reads while the load runs, from a server that answers as the API server and Prometheus do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.demo.kube import Kube

TIER = "/apis/vectortier.dev/v1alpha1/namespaces/demo/vectortiers/demo"
PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query"


class Server(ThreadingHTTPServer):
    """Answers GET requests by path; remembers the queries and tokens that it saw."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, object]] = {}
        self.queries: list[dict[str, list[str]]] = []
        self.tokens: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        asked = urlsplit(self.path)
        self.server.queries.append(parse_qs(asked.query))
        self.server.tokens.append(self.headers.get("Authorization"))
        status, body = self.server.answers.get(asked.path, (404, {}))
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def kube(server: Server, tmp_path: Path) -> Kube:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_address[1]}"}}],
        "users": [{"name": "u", "user": {"token": "t0ken"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    return Kube(tmp_path / "kubeconfig")


def test_the_tier_is_read_with_the_token_of_the_kubeconfig(server: Server, kube: Kube) -> None:
    server.answers[TIER] = (200, {"status": {"nodes": 2}})
    assert kube.tier() == {"status": {"nodes": 2}}
    assert server.tokens == ["Bearer t0ken"]


def test_retries_are_the_sum_that_prometheus_gives(server: Server, kube: Kube) -> None:
    result = [{"metric": {}, "value": [1700000000.0, "7"]}]
    server.answers[PROMETHEUS] = (200, {"status": "success", "data": {"resultType": "vector", "result": result}})
    assert kube.gateway_retries() == 7.0
    assert server.queries == [{"query": ['sum(envoy_cluster_upstream_rq_retry{namespace="demo",tier="demo"})']}]


@pytest.mark.parametrize(
    "answer",
    [(404, {}), (503, {}), (200, "not json"), (200, {"status": "success", "data": {"result": []}})],
    ids=["not there", "unavailable", "garbage", "no sample"],
)
def test_what_cannot_be_read_is_unknown_not_zero(server: Server, kube: Kube, answer: tuple[int, object]) -> None:
    server.answers[PROMETHEUS] = answer
    assert kube.gateway_retries() is None
    if answer[0] != 200 or isinstance(answer[1], str):
        server.answers[TIER] = answer
        assert kube.tier() is None
