"""A fake Prometheus over HTTP that answers the operator's queries for one tier from a handful of numbers.

    with FakePrometheus() as fake:
        fake.gateways["tickets-gateway-a"] = Gateway(age_seconds=2.0)
        fake.searches_per_second, fake.bad_fraction = 80.0, 0.02
        prometheus = Prometheus(PrometheusSettings(url=fake.url))

`warnings`, `status`, `empty`, `value` and `delay_seconds` make it partial, down, empty, absurd or slow; `failures` lets
only the next requests fail. `recorded` says what the rate of searches was in the past.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import parse_qs

MOST_POINTS = 11_000
"""Of a range query, as Prometheus has it."""


@dataclass
class Gateway:
    """A gateway pod as Prometheus sees it. `up` False: the scrape fails, so that its series have ended."""

    age_seconds: float = 2.0
    up: bool = True


@dataclass
class Node:
    """A Weaviate node's use, as kubelet tells it."""

    cores: float = 0.1
    memory_bytes: float = 100e6
    volume_bytes: float = 1e9
    volume_capacity_bytes: float = 10e9


class FakePrometheus:
    """The numbers, and what is wrong with the server."""

    def __init__(self) -> None:
        self.gateways: dict[str, Gateway] = {}
        self.nodes: dict[str, Node] = {}
        self.searches_per_second = 0.0
        self.writes_per_second = 0.0
        self.bad_fraction = 0.0
        self.least_cores = 0.0
        """What every node uses at least."""
        self.p50_milliseconds = 5.0
        self.p99_milliseconds = 20.0
        self.collections: dict[str, float] = {}
        """Searches per second of each collection; empty as long as Weaviate groups its series."""
        self.durations: dict[str, float] = {}
        """By Weaviate's own histograms: searches per second that took at most so many seconds; the last is '+Inf'."""
        self.failed_per_second = 0.0
        """By the same, searches that failed."""
        self.scraped_nodes: dict[str, bool] = {}
        """Whether the last scrape of each node of Weaviate went well."""
        self.missed_since: float | None = None
        """From when on the history of bad fractions is over the budget, in Unix seconds."""
        self.volumes_reported_lately = True
        self.warnings: list[str] = []
        self.status: int | None = None
        self.empty = False
        self.value: str | None = None
        """Every value is this instead, such as 'NaN'."""
        self.delay_seconds = 0.0
        self.failures = 0
        self.recorded: Callable[[float], float | None] = lambda _: None
        """Searches per second by Unix seconds; None where there was no sample. Writes are a tenth of it."""
        self.scraped: Callable[[float], bool] = lambda _: True
        """Whether every gateway could be scraped at that time."""
        self.queries: list[str] = []
        self.headers: dict[str, str] = {}
        handler = type("PrometheusHandler", (_Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def __enter__(self) -> FakePrometheus:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stops listening; later requests are refused. May be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer(self, query: str) -> list[tuple[dict[str, str], float]]:
        """The series of an instant query: their labels and values."""
        if "weaviate_" in query or ("up{" in query and "-weaviate-" in query):
            return self._by_weaviate(query)
        scraped = {pod: g for pod, g in self.gateways.items() if g.up}
        window = re.search(r"\[(\d+)s\]", query)
        seconds = float(window.group(1)) if window else 0.0
        by_pod = {
            "up{": {pod: float(g.up) for pod, g in self.gateways.items()},
            "timestamp(": {pod: g.age_seconds for pod, g in scraped.items()},
            "container_cpu_usage": {name: max(node.cores, self.least_cores) for name, node in self.nodes.items()},
            "container_memory": {name: node.memory_bytes for name, node in self.nodes.items()},
        }
        for part, values in by_pod.items():
            if part in query:
                return [({"pod": pod}, value) for pod, value in values.items()]
        if "irate(" in query:
            return [({}, self.bad_fraction if "/" in query else self.searches_per_second)] if scraped else []
        if "kubelet_volume_stats" in query:
            return self._volumes(query)
        if "class_name" in query:
            return [({"class_name": name}, rate) for name, rate in self.collections.items()]
        return [({}, self._number(query, seconds))] if self.gateways else []

    def _by_weaviate(self, query: str) -> list[tuple[dict[str, str], float]]:
        window = re.search(r"\[(\d+)s\]", query)
        seconds = float(window.group(1)) if window else 0.0
        if "up{" in query:
            return [({"pod": pod}, float(up)) for pod, up in self.scraped_nodes.items()]
        if "timestamp(" in query:
            return [({}, 2.0)] if self.durations else []
        if "Batch" in query:
            return []
        if "by (le)" in query:
            return [({"le": bound}, rate * seconds) for bound, rate in self.durations.items()]
        return [({}, self.failed_per_second * seconds)] if self.failed_per_second else []

    def _volumes(self, query: str) -> list[tuple[dict[str, str], float]]:
        if query.startswith("count("):
            return [({}, 1.0)] if self.volumes_reported_lately else []
        share = "capacity" in query
        return [
            (
                {"persistentvolumeclaim": f"data-{name}"},
                node.volume_bytes / node.volume_capacity_bytes if share else node.volume_bytes,
            )
            for name, node in self.nodes.items()
        ]

    def _number(self, query: str, seconds: float) -> float:
        searches = self.searches_per_second * seconds
        if "histogram_quantile(0.5," in query:
            return self.p50_milliseconds if searches else float("nan")
        if "histogram_quantile(" in query:
            return self.p99_milliseconds if searches else float("nan")
        if "envoy_cluster_" in query:
            return self.writes_per_second
        if query.startswith("sum(rate("):
            return self.searches_per_second
        return searches * self.bad_fraction if "good" in query else searches

    def history(self, query: str, times: list[float]) -> list[tuple[float, float]]:
        """The points of a range query: of scrapes, bad fractions, writes or searches."""
        if "up{" in query:
            return [(t, float(self.scraped(t))) for t in times]
        if " / " in query:
            over = max(self.bad_fraction, 0.02)
            return [(t, over if self.missed_since is not None and t >= self.missed_since else 0.0) for t in times]
        share = 0.1 if "envoy_cluster_" in query else 1.0
        return [(t, share * rate) for t in times if (rate := self.recorded(t)) is not None]


def _times(form: dict[str, str]) -> list[float]:
    start, end, step = (float(form[key]) for key in ("start", "end", "step"))
    return [start + step * i for i in range(int((end - start) / step + 1e-6) + 1)]


class _Handler(BaseHTTPRequestHandler):
    fake: ClassVar[FakePrometheus]
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: in two, each answer would wait 40 ms for an acknowledgement.
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        self.fake.queries.append(form["query"])
        self.fake.headers = dict(self.headers)
        time.sleep(self.fake.delay_seconds)
        self.fake.failures -= 1
        status = 503 if self.fake.failures >= 0 else self.fake.status
        if status is not None:
            self._reply(status, {"status": "error", "errorType": "unavailable", "error": "not now"})
        elif self.path.endswith("/query_range") and len(_times(form)) > MOST_POINTS:
            self._reply(400, {"status": "error", "errorType": "bad_data", "error": "exceeded maximum resolution"})
        else:
            self._reply(200, {"status": "success", "warnings": self.fake.warnings, "data": self._data(form)})

    def _data(self, form: dict[str, str]) -> dict[str, Any]:
        if self.path.endswith("/query_range"):
            values = [[t, self._value(v)] for t, v in self.fake.history(form["query"], _times(form))]
            none = self.fake.empty or not (self.fake.gateways or self.fake.durations) or not values
            return {"resultType": "matrix", "result": [] if none else [{"metric": {}, "values": values}]}
        series = [] if self.fake.empty else self.fake.answer(form["query"])
        result = [{"metric": labels, "value": [float(form["time"]), self._value(v)]} for labels, v in series]
        return {"resultType": "vector", "result": result}

    def _value(self, value: float) -> str:
        return self.fake.value or ("NaN" if value != value else str(value))  # noqa: PLR0124 NaN is not itself

    def _reply(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
