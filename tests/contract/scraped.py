"""A real Prometheus that scrapes gateways of our own making, each with counters that a test moves."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import requests

from tests.cluster.network.ports import free_ports
from tests.contract.loopback import wait_for
from vectortier.gateway import measure, names
from vectortier.gateway.outcomes import Outcome

NAMESPACE, TIER = "search", "tickets"
SCRAPE_SECONDS = 1


@dataclass
class Counters:
    """What one gateway has counted since it started. `answers` False: its scrapes fail."""

    pod: str
    good: float = 0.0
    late: float = 0.0
    waiting: float = 0.0
    """Searches that have come and not ended."""
    writes: float = 0.0
    answers: bool = True
    QUIET: ClassVar[tuple[str, ...]] = (
        names.WRITES_REST,
        names.STREAMS,
        names.ADMINISTRATION_GRPC,
        names.ADMINISTRATION_REST,
    )
    """Clusters that nothing is sent to."""

    def exposition(self) -> str:
        """As the gateway exposes it: every outcome from the start, with 0."""
        counts = {Outcome.GOOD: self.good, Outcome.LATE: self.late}
        searches = [
            f'{measure.SEARCHES_SERIES}{{route="{names.SEARCHES_GRPC}",outcome="{outcome}"}} {counts.get(outcome, 0.0)}'
            for outcome in Outcome
        ]
        buckets = [
            f'{measure.LATENCY_SERIES}{{route="{names.SEARCHES_GRPC}",le="{le}"}} {count}'
            for le, count in (("100", self.good), ("+Inf", self.good + self.late))
        ]
        clusters = [
            f'{measure.REQUESTS_SERIES}{{envoy_cluster_name="{cluster}"}} {count}'
            for cluster, count in ((names.WRITES_GRPC, self.writes), *((name, 0.0) for name in self.QUIET))
        ]
        clusters += [
            f'{measure.TURNED_AWAY_SERIES}{{envoy_cluster_name="{cluster}"}} 0'
            for cluster in (names.WRITES_GRPC, *self.QUIET)
        ]
        came = self.good + self.late + self.waiting + self.writes
        clusters += [
            f'{measure.ARRIVALS_SERIES}{{envoy_http_conn_manager_prefix="{listener}"}} {count}'
            for listener, count in (("grpc", came), ("rest", 0.0))
        ]
        return "\n".join([*searches, *buckets, *clusters, ""])


@dataclass
class Gateways:
    """The gateways that are there to be scraped, by pod name."""

    counters: dict[str, Counters] = field(default_factory=dict)

    def add(self, pod: str) -> Counters:
        self.counters[pod] = Counters(pod)
        return self.counters[pod]


@contextmanager
def serve(gateways: Gateways) -> Iterator[int]:
    """Serves each gateway's counters at /POD; yields the port."""

    class Exporter(BaseHTTPRequestHandler):
        source: ClassVar[Gateways] = gateways

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it
            """Quiet."""

        def do_GET(self) -> None:
            found = self.source.counters.get(self.path.strip("/"))
            body = found.exposition().encode() if found and found.answers else b""
            self.send_response(200 if body else 503)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def prometheus(binary: Path, directory: Path, exporter_port: int, pods: list[str]) -> AbstractContextManager[str]:
    """A Prometheus that knows of these pods and scrapes each once a second; yields its URL."""
    relabel = [{"source_labels": ["pod"], "target_label": "__metrics_path__", "replacement": "/$1"}]
    targets = dict.fromkeys(pods, f"127.0.0.1:{exporter_port}")
    return prometheus_of(binary, directory, targets, {"relabel_configs": relabel})


@contextmanager
def prometheus_of(
    binary: Path, directory: Path, targets: Mapping[str, str], settings: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """A Prometheus that scrapes each pod of the tier, by its name, at an address; yields its URL."""
    job = {
        "job_name": "tiers",
        **(settings or {}),
        "static_configs": [
            {"targets": [address], "labels": {"namespace": NAMESPACE, "tier": TIER, "pod": pod}}
            for pod, address in targets.items()
        ],
    }
    every = f"{SCRAPE_SECONDS}s"
    config = {"global": {"scrape_interval": every, "scrape_timeout": every}, "scrape_configs": [job]}
    (directory / "prometheus.yml").write_text(json.dumps(config))
    (port,) = free_ports(1)
    with (directory / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(binary),
                f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _ready(url), 60, lambda: (directory / "prometheus.log").read_text()[-2000:])
        yield url
    finally:
        process.kill()
        process.wait(timeout=30)


def _ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=1).status_code == 200
    except requests.RequestException:
        return False
