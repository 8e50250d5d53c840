"""Makes pods that only pretend to run answer: each Weaviate pod that runs gets a node of the fake Weaviate."""

from __future__ import annotations

import threading

from tests.fakes.weaviate import FakeWeaviate
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.model.workload import Pod
from vectortier.observe.workload import read_pod


class Bridge:
    """Follows the pods of a namespace. Node n listens at PREFIX.n on one port for all.

    A node whose pod is gone leaves the cluster, as one that is stopped does; raft waits for it until it is removed. If
    the pod comes back, so does the node: with what it had, unless its volume is another one.
    """

    def __init__(self, kubernetes: Kubernetes, namespace: str, fake: FakeWeaviate, prefix: str, port: int) -> None:
        self._kubernetes, self._namespace, self._fake = kubernetes, namespace, fake
        self._prefix, self._port = prefix, port
        self._volumes: dict[str, str] = {}
        """The uid of the claim that each node was last started on."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
        self.held: set[str] = set()
        """Nodes that are not to come up, although their pods run."""

    @property
    def url_template(self) -> str:
        """How the operator reaches the nodes, by either of their ports."""
        return f"http://{self._prefix}.{{ordinal}}:{self._port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            try:
                self._follow()
            except KubernetesError:
                continue

    def _follow(self) -> None:
        raw = self._kubernetes.list(kinds.POD, self._namespace, "app.kubernetes.io/component=weaviate")
        pods = {pod.name: pod for pod in map(read_pod, raw)}
        for name in self._fake.urls().keys() - pods.keys():
            self._fake.leave_node(name)
        for pod in pods.values():
            if pod.started_at and pod.name not in self._fake.urls() and pod.name not in self.held:
                self._start(pod)

    def _start(self, pod: Pod) -> None:
        host = f"{self._prefix}.{pod.ordinal}"
        volume = self._kubernetes.get(kinds.VOLUME_CLAIM, self._namespace, f"data-{pod.name}")["metadata"]["uid"]
        if pod.name not in self._volumes:
            self._fake.add_node(pod.name, voter=pod.ordinal == 0, host=host, port=self._port)
        else:
            if volume != self._volumes[pod.name]:
                self._fake.wipe_node(pod.name)
            self._fake.restart_node(pod.name, host=host, port=self._port)
        self._volumes[pod.name] = volume
