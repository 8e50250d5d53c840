"""Makes pods that only pretend to run answer: each Weaviate pod that runs gets a node of the fake Weaviate."""

from __future__ import annotations

import threading

from tests.fakes.weaviate import FakeWeaviate
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.observe.workload import read_pod


class Bridge:
    """Follows the pods of a namespace. Node n listens at PREFIX.n on one port for all."""

    def __init__(self, kubernetes: Kubernetes, namespace: str, fake: FakeWeaviate, prefix: str, port: int) -> None:
        self._kubernetes, self._namespace, self._fake = kubernetes, namespace, fake
        self._prefix, self._port = prefix, port
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
        self.held: set[str] = set()
        """Nodes that are not to come up, although their pods run."""

    @property
    def url_template(self) -> str:
        """How the operator reaches the nodes."""
        return f"http://{self._prefix}.{{ordinal}}:{self._port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            try:
                pods = self._kubernetes.list(kinds.POD, self._namespace, "app.kubernetes.io/component=weaviate")
            except KubernetesError:
                continue
            for raw in pods:
                pod = read_pod(raw)
                if pod.started_at and pod.name not in self._fake.urls() and pod.name not in self.held:
                    host = f"{self._prefix}.{pod.ordinal}"
                    self._fake.add_node(pod.name, voter=pod.ordinal == 0, host=host, port=self._port)
