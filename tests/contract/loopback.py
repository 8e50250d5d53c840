"""Real Weaviate nodes as processes on the loopback interface."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

_PORTS_PER_NODE = 8
_FIRST_PORT = 21000
_LAST_PORT = 29000
_POLL_SECONDS = 0.02
_START_SECONDS = 90.0


@dataclass
class Node:
    """One Weaviate process and the block of ports that is its own."""

    name: str
    port: int
    directory: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def raft_port(self) -> int:
        # Peers find the port for RPCs by adding one to the one for raft.
        return self.port + 1

    @property
    def gossip_port(self) -> int:
        return self.port + 3

    @property
    def data_port(self) -> int:
        return self.gossip_port + 1

    @property
    def cluster_url(self) -> str:
        """Where the other nodes reach it, and where raft is told to forget one."""
        return f"http://127.0.0.1:{self.data_port}"

    @property
    def log(self) -> Path:
        return self.directory / "weaviate.log"


@dataclass
class LoopbackCluster:
    """Weaviate nodes named weaviate-0, weaviate-1, ...; the first one votes, the others learn."""

    binary: Path
    directory: Path
    nodes: list[Node]
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, binary: Path, directory: Path, size: int, environment: dict[str, str]) -> LoopbackCluster:
        """A cluster of `size` nodes that do not run yet."""
        first = _free_block(size * _PORTS_PER_NODE)
        nodes = []
        for ordinal in range(size):
            name = f"weaviate-{ordinal}"
            (directory / name).mkdir(parents=True)
            nodes.append(Node(name, first + ordinal * _PORTS_PER_NODE, directory / name))
        return cls(binary, directory, nodes, environment)

    def start(self, size: int | None = None) -> None:
        """Starts every node, or only the first ones, and returns when each is a member; raises with the end of a log
        otherwise."""
        for node in self.nodes[:size]:
            self.start_node(node)
        for node in self.nodes[:size]:
            wait_for(lambda node=node: self._ready(node), _START_SECONDS, lambda node=node: self._tail(node))

    def start_node(self, node: Node) -> None:
        # The log stays open as long as the process: the parent's copy is closed at once.
        with node.log.open("ab") as log:
            node.process = subprocess.Popen(
                [str(self.binary), "--scheme", "http", "--host", "127.0.0.1", "--port", str(node.port)],
                env=self._environment(node),
                cwd=node.directory,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ends every process that this cluster started."""
        for node in self.nodes:
            self.stop_node(node)

    def stop_node(self, node: Node) -> None:
        if node.process is None:
            return
        node.process.send_signal(signal.SIGKILL)
        node.process.wait(timeout=30)
        node.process = None

    def _environment(self, node: Node) -> dict[str, str]:
        own = {
            "CLUSTER_HOSTNAME": node.name,
            "CLUSTER_GOSSIP_BIND_PORT": str(node.gossip_port),
            "CLUSTER_DATA_BIND_PORT": str(node.data_port),
            "RAFT_PORT": str(node.raft_port),
            "RAFT_INTERNAL_RPC_PORT": str(node.raft_port + 1),
            "GRPC_PORT": str(node.port + 5),
            "PROMETHEUS_MONITORING_PORT": str(node.port + 6),
            "GO_PROFILING_PORT": str(node.port + 7),
            "PERSISTENCE_DATA_PATH": str(node.directory / "data"),
        }
        if node is not self.nodes[0]:
            own["CLUSTER_JOIN"] = f"127.0.0.1:{self.nodes[0].gossip_port}"
        common = {
            "PATH": os.environ.get("PATH", ""),
            "CLUSTER_IN_LOCALHOST": "true",
            "CLUSTER_BIND_ADDR": "127.0.0.1",
            # Every node that will ever join on one host has to be listed, or its raft port is guessed wrongly.
            "RAFT_JOIN": ",".join(f"{n.name}:{n.raft_port}" for n in self.nodes),
            "RAFT_BOOTSTRAP_EXPECT": "1",
            "RAFT_TIMEOUTS_MULTIPLIER": "1",
            "REPLICA_MOVEMENT_ENABLED": "true",
            "DEFAULT_VECTORIZER_MODULE": "none",
            "DISABLE_TELEMETRY": "true",
            "PROMETHEUS_MONITORING_ENABLED": "true",
            "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
            # Weaviate counts no object of a node before it is on disk, which takes it a minute by itself.
            "PERSISTENCE_MEMTABLES_FLUSH_DIRTY_AFTER_SECONDS": "2",
            "GOMEMLIMIT": "512MiB",
            "LOG_LEVEL": "warning",
        }
        return {**common, **self.environment, **own}

    def _ready(self, node: Node) -> bool:
        if node.process is not None and node.process.poll() is not None:
            raise AssertionError(f"{node.name} ended with {node.process.returncode}: {self._tail(node)}")
        try:
            return requests.get(f"{node.url}/v1/.well-known/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    @staticmethod
    def _tail(node: Node) -> str:
        return "\n".join(node.log.read_text(errors="replace").splitlines()[-15:])


def wait_for(condition: Callable[[], bool], seconds: float, explain: Callable[[], str] = str) -> None:
    """Returns as soon as the condition holds; fails with the explanation when it does not within `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:g} s: {explain()}")
        time.sleep(_POLL_SECONDS)


def _free_block(count: int) -> int:
    """The first port of a block that is free now; starts by process so that two test runs rarely meet."""
    span = _LAST_PORT - _FIRST_PORT - count
    start = os.getpid() * 97 % span
    for offset in range(0, span, count):
        first = _FIRST_PORT + (start + offset) % span
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError(f"no {count} free ports in a row between {_FIRST_PORT} and {_LAST_PORT}")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 Weaviate's internal listeners bind all addresses
            except OSError:
                return False
    return True
