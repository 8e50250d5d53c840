"""Weaviate's answers to the operator: late, refused, lost, out of date, or too good to be true."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.chaos.faults.fault import Stage
from tests.chaos.nodes import SETTLED
from tests.chaos.proxy import Answer, Asked, Forward, Proxy
from tests.cluster import Cluster
from tests.cluster.builds.debian import find_packages
from tests.cluster.progress import Progress
from tests.cluster.run import run
from tests.e2e.faults import find_process
from tests.installation import OPERATOR_NAMESPACE
from tests.objects import list_objects

LATE_SECONDS = 1.5
_BEGUN_SECONDS = 240.0
_LONGEST_SECONDS = 90.0
_POLL_SECONDS = 1.0
_PORT = 8080
_LIST = "/v1/replication/replicate/list"
_STATE = "/v1/replication/sharding-state"


class Meddler(Protocol):
    """What is done to a request and its answer."""

    async def __call__(self, asked: Asked, forward: Forward) -> Answer | None:
        """The answer; None: the connection is closed without one."""
        ...


async def late(asked: Asked, forward: Forward) -> Answer | None:
    """Every answer takes longer."""
    await asyncio.sleep(LATE_SECONDS)
    return await forward(asked)


class EveryThirdRefused:
    """A server that is overloaded."""

    def __init__(self) -> None:
        self._count = 0

    async def __call__(self, asked: Asked, forward: Forward) -> Answer | None:
        """Two of three requests pass."""
        self._count += 1
        if self._count % 3 == 0:
            return Answer(503, b'{"error": [{"message": "overloaded"}]}')
        return await forward(asked)


class ChangesUnanswered:
    """What changes something is done, and the answer gets lost, the first time for each."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, bytes]] = set()

    async def __call__(self, asked: Asked, forward: Forward) -> Answer | None:
        """Only questions are answered at once."""
        answer = await forward(asked)
        key = (asked.method, asked.path, asked.body)
        if asked.method == "GET" or asked.path == "/v1/graphql" or key in self._seen:
            return answer
        self._seen.add(key)
        return None


class OldPlacement:
    """Where shards are is told as it was when this began."""

    def __init__(self) -> None:
        self._old: dict[tuple[str, str], Answer] = {}

    async def __call__(self, asked: Asked, forward: Forward) -> Answer | None:
        """The first answer is kept."""
        if asked.path != _STATE:
            return await forward(asked)
        key = (asked.path, asked.query)
        if key not in self._old:
            self._old[key] = await forward(asked)
        return self._old[key]


async def ready_too_early(asked: Asked, forward: Forward) -> Answer | None:
    """Movements are READY as soon as they are listed, while the copy is not there."""
    answer = await forward(asked)
    if asked.path != _LIST or answer.status != 200:
        return answer
    found = json.loads(answer.body) or []
    for movement in found:
        if movement["status"]["state"] not in SETTLED:
            movement["status"]["state"] = "READY"
    return Answer(200, json.dumps(found).encode())


@dataclass(frozen=True)
class Meddling:
    """From the journal's entry for a step on: the operator's requests go through a proxy until the operation is over,
    but no longer than a while."""

    step: str
    make: Callable[[], Meddler]

    def __call__(self, stage: Stage) -> None:
        stage.toll.await_write(f"journal: {self.step} Journalled", stage.began, _BEGUN_SECONDS)
        with Proxy(_host(stage.subject.cluster), self.make()) as proxy, _redirected(stage.subject.cluster, proxy):
            stage.hits.append(f"from the step {self.step} on")
            end = time.monotonic() + _LONGEST_SECONDS
            while not stage.is_over() and time.monotonic() < end:
                time.sleep(_POLL_SECONDS)
            stage.hits.append(f"{proxy.asked} requests through the proxy")


def _host(cluster: Cluster) -> str:
    state = cluster.state
    assert state is not None, "the cluster is up"
    return state.facts["host"]


@contextmanager
def _redirected(cluster: Cluster, proxy: Proxy) -> Iterator[None]:
    """New connections of the operators to port 8080 of anybody go to the proxy, which is told by the Host header where
    they were meant to go."""
    pods = list_objects(cluster.kubectl, "pod", OPERATOR_NAMESPACE, "app.kubernetes.io/name=vectortier")
    processes = [process for pod in pods if (process := find_process(pod, "vectortier")) is not None]
    rule = ["OUTPUT", "-p", "tcp", "--dport", str(_PORT), "-j", "DNAT", "--to-destination", proxy.address]
    for process in processes:
        _iptables(cluster, process, "-I", rule)
    try:
        yield
    finally:
        for process in processes:
            _iptables(cluster, process, "-D", rule)


def _iptables(cluster: Cluster, process: int, change: str, rule: list[str]) -> None:
    packages = find_packages(Progress())
    inside = ["nsenter", "--target", str(process), "--net", "--", cluster.run_dir / "sbin" / "iptables"]
    run([*inside, "--wait", "-t", "nat", change, *rule], timeout=15, environment=packages.environment)
