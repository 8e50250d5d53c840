"""A fake of Weaviate's administrative side over HTTP: one listener for each node.

    with FakeWeaviate() as fake:
        fake.add_node("weaviate-0", voter=True)
        fake.add_node("weaviate-1")
        fake.add_collection("Doc", {"S1": ["weaviate-0"]}, objects=100)
        client = Weaviate(fake.urls())

Movements go on by themselves, one state every `seconds_per_state`; with None only `step()` takes them further.
`fault()` makes requests slow or fail; the attributes of `cluster` (see FakeCluster) make nodes die and answers lie.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from types import TracebackType

from tests.fakes.weaviate_handler import Handler
from tests.fakes.weaviate_objects import stored_objects
from tests.fakes.weaviate_state import FakeCluster, FakeCollection, FakeNode


@dataclass
class Fault:
    """What happens to requests whose `METHOD /path` matches `pattern`, on one node or on all."""

    pattern: str
    node: str | None = None
    status: int | None = None
    body: bytes = b""
    delay_seconds: float = 0.0
    drop: bool = False
    """Close the connection without an answer, after the request had its effect."""
    times: int | None = None
    """How often; None means until it is removed."""

    def matches(self, node: str, request: str) -> bool:
        return self.times != 0 and self.node in {None, node} and re.search(self.pattern, request) is not None


@dataclass(frozen=True)
class Seen:
    """A request that reached the fake."""

    node: str
    method: str
    path: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class FakeWeaviate:
    """A fake Weaviate cluster."""

    def __init__(
        self,
        api_key: str | None = None,
        seconds_per_state: float | None = 0.1,
        clock: Callable[[], float] = time.time,
        movement_enabled: bool = True,
        cluster_credentials: tuple[str, str] | None = None,
        seconds_to_leave: float | None = None,
    ) -> None:
        self.cluster = FakeCluster()
        self.api_key = api_key
        self.cluster_credentials = cluster_credentials
        """User and password that POST /v1/cluster/remove wants; None: anybody may."""
        self.seconds_to_leave = seconds_to_leave
        self.seconds_per_state = seconds_per_state
        self.clock = clock
        self.movement_enabled = movement_enabled
        self.modules: dict[str, object] = {}
        self.backups: list[dict[str, object]] = []
        self.requests: list[Seen] = []
        self.on_request: Callable[[str], None] = lambda request: None
        """Told of each `METHOD /path` before it is served, by the thread that serves it."""
        self.lock = threading.RLock()
        self._faults: list[Fault] = []
        self._servers: dict[str, _Server] = {}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> FakeWeaviate:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stops every listener."""
        for name in list(self._servers):
            self._stop_listening(name)
        for thread in self._threads:
            thread.join(timeout=5)

    def add_node(self, name: str, voter: bool = False, host: str = "127.0.0.1", port: int = 0) -> FakeNode:
        """A node that runs, is a member and is in raft, listening on host:port (0: any free port)."""
        node = FakeNode(name, voter)
        with self.lock:
            self.cluster.nodes[name] = node
        self._listen(name, host, port)
        return node

    def restart_node(self, name: str, host: str = "127.0.0.1", port: int = 0) -> None:
        """A node that was there before starts again, with what it had. One that raft has forgotten is taken in anew,
        without a vote."""
        with self.lock:
            node = self.cluster.nodes[name]
            node.running, node.member, node.ended_at = True, True, None
            node.voter, node.in_raft = node.voter and node.in_raft, True
        self._listen(name, host, port)

    def remove_node(self, name: str) -> None:
        """Forgets a node; its copies stay listed, as in the real one."""
        self._stop_listening(name)
        with self.lock:
            self.cluster.nodes.pop(name, None)

    def kill_node(self, name: str) -> None:
        """The process dies: connections are refused, the members see it as UNAVAILABLE for `seconds_to_leave`, which
        is for ever when that is None. Raft waits for it until it is removed."""
        self._stop_listening(name)
        with self.lock:
            node = self.cluster.nodes[name]
            node.running, node.ended_at = False, self.clock()

    def leave_node(self, name: str) -> None:
        """The process ends in an orderly way: its members know at once. Raft waits for it all the same."""
        self.kill_node(name)
        with self.lock:
            self.cluster.nodes[name].member = False

    def wipe_node(self, name: str) -> None:
        """The node has lost what it had: every copy of its is empty."""
        with self.lock:
            for collection in self.cluster.collections.values():
                collection.empty |= {(shard, name) for shard, on in collection.replicas.items() if name in on}

    def add_collection(
        self,
        name: str,
        replicas: dict[str, list[str]],
        objects: int = 10,
        factor: int = 1,
        multi_tenant: bool = False,
    ) -> FakeCollection:
        """A collection with the given shards on the given nodes and so many objects in each shard."""
        stored = {shard: stored_objects(name, shard, objects) for shard in replicas}
        collection = FakeCollection(name, {s: list(n) for s, n in replicas.items()}, stored, factor, multi_tenant)
        with self.lock:
            self.cluster.collections[name] = collection
        return collection

    def url(self, name: str) -> str:
        host, port = self._servers[name].server_address[:2]
        return f"http://{host!s}:{port}"

    def urls(self) -> dict[str, str]:
        return {name: self.url(name) for name in self._servers}

    def step(self) -> None:
        """Takes every movement one state further."""
        with self.lock:
            self.cluster.step(self.clock())

    def tick(self) -> None:
        """Takes the movements further whose time has come, and forgets the dead; every request does this first."""
        if self.seconds_to_leave is not None:
            self.cluster.leave_dead(self.clock(), self.seconds_to_leave)
        if self.seconds_per_state is not None:
            self.cluster.step(self.clock(), self.seconds_per_state)

    @contextmanager
    def fault(self, fault: Fault) -> Iterator[Fault]:
        """While the block runs, matching requests meet the fault."""
        with self.lock:
            self._faults.append(fault)
        try:
            yield fault
        finally:
            with self.lock:
                self._faults.remove(fault)

    def take_fault(self, node: str, request: str) -> Fault | None:
        """The fault that this request meets, if any."""
        with self.lock:
            found = next((f for f in self._faults if f.matches(node, request)), None)
            if found is not None and found.times is not None:
                found.times -= 1
            return found

    def count(self, method: str, pattern: str) -> int:
        """How many requests of this method had a path that matches."""
        with self.lock:
            return sum(1 for seen in self.requests if seen.method == method and re.search(pattern, seen.path))

    def _listen(self, name: str, host: str, port: int) -> None:
        handler = type("NodeHandler", (Handler,), {"fake": self, "node": name})
        server = _Server((host, port), handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        self._servers[name] = server
        self._threads.append(thread)

    def _stop_listening(self, name: str) -> None:
        server = self._servers.pop(name, None)
        if server is not None:
            server.shutdown()
            server.server_close()
