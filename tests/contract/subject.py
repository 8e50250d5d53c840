"""What a contract test may do to its subject, whether it is the fake or the real Weaviate."""

from __future__ import annotations

from typing import Protocol

import requests

from tests.contract.loopback import LoopbackCluster, Node
from tests.fakes.weaviate import FakeWeaviate
from tests.fakes.weaviate_objects import stored_objects
from vectortier.clients.cluster_port import ClusterPort
from vectortier.clients.http import Deadlines
from vectortier.clients.weaviate import Weaviate

CLUSTER_CREDENTIALS = ("a-node", "a-password")
PATIENT = Deadlines(connect=2.0, read=20.0, total=25.0)


class Subject(Protocol):
    """A Weaviate cluster with nodes weaviate-0, weaviate-1, ..., of which the first votes."""

    size: int
    key: str | None
    """The key that is wanted, if any."""

    def urls(self) -> dict[str, str]:
        """The base URL of each node."""

    def cluster_urls(self) -> dict[str, str]:
        """The same for the port through which the nodes talk to each other."""

    def create(self, collection: str, shards: int, objects: int, copies: int = 1) -> None:
        """A collection with that many shards, each on so many nodes, and that many objects in all."""

    def create_tenants(self, collection: str, objects: int, *tenants: str) -> None:
        """A multi-tenant collection with so many objects in each of these tenants, each on one node."""

    def kill(self, node: str) -> None:
        """Ends a node's process."""

    def start(self, node: str) -> None:
        """Starts a node that was killed, with what it had."""

    def forget(self, movement_id: str) -> None:
        """Removes a movement's record at once, whatever its state."""


def client(subject: Subject) -> Weaviate:
    """A client of every node, with the right key."""
    return Weaviate(subject.urls(), subject.key, PATIENT)


def survivor(subject: Subject) -> Weaviate:
    """A client of the first node alone, for when the others are gone."""
    return Weaviate({"weaviate-0": subject.urls()["weaviate-0"]}, subject.key, PATIENT)


def cluster_port(subject: Subject, password: str = CLUSTER_CREDENTIALS[1]) -> ClusterPort:
    """A client of the first node's cluster port, which leads."""
    return ClusterPort({"weaviate-0": subject.cluster_urls()["weaviate-0"]}, (CLUSTER_CREDENTIALS[0], password))


class FakeSubject:
    """The fake."""

    def __init__(self, size: int, api_key: str | None = None, movement_enabled: bool = True) -> None:
        self.size = size
        self.key = api_key
        self.fake = FakeWeaviate(
            api_key=api_key,
            seconds_per_state=0.2,
            movement_enabled=movement_enabled,
            cluster_credentials=CLUSTER_CREDENTIALS,
            seconds_to_leave=0.5,
        )
        for ordinal in range(size):
            self.fake.add_node(f"weaviate-{ordinal}", voter=ordinal == 0)

    def urls(self) -> dict[str, str]:
        return self.fake.urls()

    def cluster_urls(self) -> dict[str, str]:
        return self.fake.urls()

    def create(self, collection: str, shards: int, objects: int, copies: int = 1) -> None:
        placed = {f"shard{i}": [f"weaviate-{(i + j) % self.size}" for j in range(copies)] for i in range(shards)}
        self.fake.add_collection(collection, placed, objects=objects // shards, factor=copies)

    def create_tenants(self, collection: str, objects: int, *tenants: str) -> None:
        placed = {tenant: [f"weaviate-{i % self.size}"] for i, tenant in enumerate(tenants)}
        self.fake.add_collection(collection, placed, objects=objects, multi_tenant=True)

    def kill(self, node: str) -> None:
        self.fake.kill_node(node)

    def start(self, node: str) -> None:
        self.fake.restart_node(node)

    def forget(self, movement_id: str) -> None:
        del self.fake.cluster.movements[movement_id]


class RealSubject:
    """Weaviate processes."""

    def __init__(self, cluster: LoopbackCluster, key: str | None) -> None:
        self._cluster = cluster
        self.size = len(cluster.nodes)
        self.key = key

    def urls(self) -> dict[str, str]:
        return {node.name: node.url for node in self._cluster.nodes}

    def cluster_urls(self) -> dict[str, str]:
        return {node.name: node.cluster_url for node in self._cluster.nodes}

    def create(self, collection: str, shards: int, objects: int, copies: int = 1) -> None:
        definition = {
            "class": collection,
            "vectorizer": "none",
            "properties": [{"name": "title", "dataType": ["text"]}],
            "shardingConfig": {"desiredCount": shards},
            "replicationConfig": {"factor": copies},
        }
        self._post("/v1/schema", definition)
        stored = self._post("/v1/batch/objects", {"objects": stored_objects(collection, "", objects)})
        assert all(one["result"].get("errors") is None for one in stored)

    def create_tenants(self, collection: str, objects: int, *tenants: str) -> None:
        definition = {
            "class": collection,
            "vectorizer": "none",
            "properties": [{"name": "title", "dataType": ["text"]}],
            "multiTenancyConfig": {"enabled": True},
        }
        self._post("/v1/schema", definition)
        self._post(f"/v1/schema/{collection}/tenants", [{"name": tenant} for tenant in tenants])
        stored = [{**o, "tenant": t} for t in tenants for o in stored_objects(collection, t, objects)]
        answered = self._post("/v1/batch/objects", {"objects": stored})
        assert all(one["result"].get("errors") is None for one in answered)

    def kill(self, node: str) -> None:
        self._cluster.stop_node(self._node(node))

    def start(self, node: str) -> None:
        self._cluster.start_node(self._node(node))

    def forget(self, movement_id: str) -> None:
        self._post("/v1/replication/replicate/force-delete", {"id": movement_id})

    def _node(self, name: str) -> Node:
        return next(node for node in self._cluster.nodes if node.name == name)

    def _post(self, path: str, body: object) -> list[dict[str, dict[str, object]]]:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        answer = requests.post(self._cluster.nodes[0].url + path, json=body, headers=headers, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        found: list[dict[str, dict[str, object]]] = answer.json()
        return found
