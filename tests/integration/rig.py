"""A stage for the operator: a real API server, pods that only pretend to run, and fakes where they would answer."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.cluster.cluster import Cluster
from tests.cluster.network.ports import free_ports
from tests.fakes.prometheus import FakePrometheus, Gateway, Node
from tests.fakes.weaviate import FakeWeaviate
from tests.integration.bridge import Bridge
from tests.integration.process import OperatorProcess
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object, connect
from vectortier.clients.kubernetes_kinds import Kind

TIER = "tickets"
NODES = 4
"""How many nodes there are volumes for."""
_numbers = itertools.count(1)


@dataclass
class Clock:
    """Unix seconds, for everything in a rig that tells time but Kubernetes. It can be put forward, so that a test need
    not wait; an operator in a process of its own has another."""

    ahead: float = 0.0
    each_look: float = 0.0
    """How much further it is at each look that is taken inside of the test's process."""

    def __call__(self) -> float:
        return time.time() + self.ahead

    def hurry(self, seconds: float) -> None:
        """So much time has passed."""
        self.ahead += seconds


def install(cluster: Cluster, root: Path, directory: Path) -> Path:
    """Install the custom resources and make a kubeconfig with the rights of the operator's ServiceAccount."""
    for path in sorted((root / "crds").glob("*.vectortier.dev.yaml")):
        cluster.kubectl("apply", "--server-side", "--filename", str(path))
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
    cluster.kubectl.apply(_yaml({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vectortier-system"}}))
    account = yaml.safe_load((root / "manifests" / "base" / "service-account.yaml").read_text())
    account["metadata"]["namespace"] = "vectortier-system"
    cluster.kubectl.apply(_yaml(account))
    token = cluster.kubectl("create", "token", "vectortier", "--namespace=vectortier-system", "--duration=4h").strip()
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
    path = directory / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    path.chmod(0o600)
    return path


class Rig:
    """One namespace with everything that an operator in it would meet."""

    def __init__(self, cluster: Cluster, kubeconfig: Path, root: Path, directory: Path) -> None:
        self.cluster, self.kubeconfig, self.root, self.directory = cluster, kubeconfig, root, directory
        self.number = next(_numbers)
        self.namespace = f"t{os.getpid()}-{self.number}"
        self.admin: Kubernetes = connect(cluster.kubeconfig)
        self.clock = Clock()
        self.weaviate = FakeWeaviate(seconds_per_state=0.05, clock=self.clock)
        self.prometheus = FakePrometheus()
        self.bridge = Bridge(self.admin, self.namespace, self.weaviate, f"127.77.{self.number % 250}", free_ports(1)[0])
        self._operators: list[OperatorProcess] = []
        self._volumes: list[str] = []

    def __enter__(self) -> Rig:
        manifests = self.root / "manifests" / "components" / "watched-namespace"
        documents: list[Any] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}]
        for name in ("role.yaml", "role-binding.yaml"):
            document = yaml.safe_load((manifests / name).read_text())
            document["metadata"]["namespace"] = self.namespace
            documents.append(document)
        self.cluster.kubectl.apply(_yaml(*documents, *(self._new_volume(ordinal) for ordinal in range(NODES))))
        self.bridge.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for operator in self._operators:
            operator.kill()
        self.bridge.stop()
        self.weaviate.close()
        self.prometheus.close()
        volumes = [f"pv/{name}" for name in self._volumes]
        self.cluster.kubectl("delete", "--wait=false", "--ignore-not-found", f"namespace/{self.namespace}", *volumes)

    def operator(self, *options: str, name: str = "operator") -> OperatorProcess:
        """Start an operator as a process of its own; it is gone when the test ends."""
        process = OperatorProcess(
            kubeconfig=self.kubeconfig,
            log=self.directory / f"{name}-{len(self._operators)}.log",
            arguments=(
                f"--namespace={self.namespace}",
                f"--operator-namespace={self.namespace}",
                "--operator-image=vectortier/operator:test",
                "--xds-address=xds.test:18000",
                f"--prometheus-url={self.prometheus.url}",
                f"--weaviate-url={self.bridge.url_template}",
                f"--weaviate-cluster-url={self.bridge.url_template}",
                "--lease-seconds=6",
                "--resync-seconds=1",
                *options,
            ),
            name=name,
        )
        self._operators.append(process)
        return process

    def apply_tier(self, **spec: Any) -> Object:
        """Write the tier as a user does."""
        body = {
            "apiVersion": "vectortier.dev/v1alpha1",
            "kind": "VectorTier",
            "metadata": {"name": TIER, "namespace": self.namespace},
            "spec": {**tier_spec(), **spec},
        }
        self.cluster.kubectl.apply(_yaml(body))
        return self.tier()

    def tier(self) -> Object:
        return self.admin.get(kinds.VECTOR_TIER, self.namespace, TIER)

    def get(self, kind: Kind, name: str) -> Object:
        return self.admin.get(kind, self.namespace, name)

    def condition(self, type_: str) -> dict[str, Any]:
        """The tier's condition of this type; empty while there is none."""
        conditions = (self.tier().get("status") or {}).get("conditions") or []
        return next((c for c in conditions if c["type"] == type_), {})

    def journal(self) -> dict[str, Any]:
        """The tier's journal; empty while there is none."""
        found = self.admin.find(kinds.CONFIG_MAP, self.namespace, f"{TIER}-operations")
        return {key.removesuffix(".json"): json.loads(text) for key, text in ((found or {}).get("data") or {}).items()}

    def serving(self) -> set[str]:
        """The pods that the gateway would be told of."""
        return {endpoint["pod"] for endpoint in self.journal().get("serving", [])}

    def start_tier(self, documents: int = 50) -> None:
        """A tier with one node that serves, one collection, and metrics of light load."""
        self.apply_tier()
        await_so("the first node serves", lambda: self.serving() == {node(0)}, 60)
        self.weaviate.add_collection("Ticket", {"S1": [node(0)], "S2": [node(0)]}, objects=documents)
        self.light_load()

    def light_load(self) -> None:
        """Plenty of searches, all of them good, and healthy nodes."""
        pods = self.admin.list(kinds.POD, self.namespace, "app.kubernetes.io/component=gateway")
        self.prometheus.gateways = {pod["metadata"]["name"]: Gateway() for pod in pods}
        for ordinal in range(NODES):
            self.prometheus.nodes[node(ordinal)] = Node()
        self.prometheus.searches_per_second, self.prometheus.bad_fraction = 50.0, 0.0
        self.prometheus.least_cores = 0.0
        self.prometheus.missed_since = None

    def break_slo(self) -> None:
        """The SLO has been missed for ten minutes."""
        self.prometheus.bad_fraction, self.prometheus.missed_since = 0.2, self.clock() - 600
        self.prometheus.least_cores = 0.9

    def spare_volume(self, ordinal: int) -> None:
        """A second volume for a node: one whose claim was deleted is not given out again."""
        self.cluster.kubectl.apply(_yaml(self._new_volume(ordinal)))

    def claim(self, ordinal: int) -> Object | None:
        """A node's volume claim, None when there is none."""
        return self.admin.find(kinds.VOLUME_CLAIM, self.namespace, f"data-{node(ordinal)}")

    def versions(self) -> dict[str, str]:
        """The resourceVersion of everything in the namespace that the operator could write to."""
        found = (item for kind in WRITTEN for item in self.admin.list(kind, self.namespace))
        # The leaders' Lease is renewed all the time: it is no tier's. Others write events too.
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for item in found
            if item["metadata"]["name"] != "vectortier-operator"
            and item.get("reportingComponent", "vectortier.dev/operator") == "vectortier.dev/operator"
        }

    def _new_volume(self, ordinal: int) -> Object:
        name = f"{self.namespace}-{ordinal}"
        self._volumes.append(f"{name}-spare" if name in self._volumes else name)
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": self._volumes[-1]},
            "spec": {
                "capacity": {"storage": "10Gi"},
                "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/nonexistent"},
                "claimRef": {"apiVersion": "v1", **kinds_claim(self.namespace, f"data-{node(ordinal)}")},
            },
        }


WRITTEN = (
    kinds.VECTOR_TIER,
    kinds.STATEFUL_SET,
    kinds.DEPLOYMENT,
    kinds.SERVICE,
    kinds.CONFIG_MAP,
    kinds.SECRET,
    kinds.SERVICE_ACCOUNT,
    kinds.DISRUPTION_BUDGET,
    kinds.NETWORK_POLICY,
    kinds.LEASE,
    kinds.EVENT,
    kinds.VOLUME_CLAIM,
)


def kinds_claim(namespace: str, name: str) -> dict[str, str]:
    """What a volume is reserved for."""
    return {"kind": kinds.VOLUME_CLAIM.name, "namespace": namespace, "name": name}


def tier_spec() -> dict[str, Any]:
    """A tier that may grow to three nodes and copies, and needs no second gateway."""
    return {
        "weaviate": {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}, "storage": {"size": "10Gi"}},
        "nodes": {"min": 1, "max": 2},
        "copies": {"min": 1, "max": 2},
        "slo": {"search": {"p99Milliseconds": 250}},
        "gateway": {"replicas": 1},
    }


def node(ordinal: int) -> str:
    """A Weaviate node's name."""
    return f"{TIER}-weaviate-{ordinal}"


def await_so(what: str, is_so: Callable[[], object], seconds: float = 60.0) -> None:
    """Ask until it is so; AssertionError with `what` and the last error if it does not come about."""
    until, last = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        try:
            if is_so():
                return
            last = ""
        except Exception as error:  # the world is on its way; what it says in between is not the answer
            last = f" ({error})"
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what}{last}")


def _yaml(*documents: Any) -> str:
    return "---\n".join(yaml.safe_dump(document) for document in documents)
