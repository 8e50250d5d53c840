"""What must hold at every moment of a run, whatever goes wrong; asked again and again by a thread of its own."""

from __future__ import annotations

import threading
from types import TracebackType

import requests

from tests.chaos.nodes import Nodes
from tests.chaos.subject import COPIES_MIN, Subject
from tests.chaos.toll import Rule, Write
from tests.cluster import ClusterError
from tests.objects import get

_LOOK_SECONDS = 2.0


class Invariants:
    """Broken ones are in `broken`, each once, in words. `struck` names the nodes that the harness has hurt itself."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.struck: set[str] = set()
        self.broken: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Invariants:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(30)

    def guarding(self, rule: Rule) -> Rule:
        """The rule, after a look at what the write would take away for ever."""

        def both(write: Write) -> str:
            self._check(write)
            return rule(write)

        return both

    def _check(self, write: Write) -> None:
        if write.label not in ("POST /v1/cluster/remove", "DELETE persistentvolumeclaims"):
            return
        node = _victim(write)
        try:
            placed = [shard for shard, names in Nodes(self._subject).placement().items() if node in names]
        except (requests.RequestException, ClusterError, TimeoutError):
            return  # nobody answers: the operator has asked as well, and what it may do then is its own rule
        if placed:
            self._note(f"{write.label} of {node}, which holds {', '.join(placed)}")

    def _run(self) -> None:
        nodes: Nodes | None = None
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                if nodes is None or nodes.names != self._expected():
                    nodes = Nodes(self._subject)
                self._look_at_copies(nodes)
                self._look_at_pods()
            except (requests.RequestException, ClusterError, TimeoutError, KeyError):
                nodes = None  # the API server or all nodes are away; looked at again

    def _expected(self) -> list[str]:
        return sorted(pod["metadata"]["name"] for pod in self._subject.tier.pods() if pod["status"].get("podIP"))

    def _look_at_copies(self, nodes: Nodes) -> None:
        for shard, names in nodes.placement().items():
            if len(names) < COPIES_MIN:
                self._note(f"{shard} has {len(names)} copies, copies.min is {COPIES_MIN}")

    def _look_at_pods(self) -> None:
        tier = self._subject.tier
        workload = get(tier.kubectl, "statefulset", f"{tier.name}-weaviate", tier.namespace) or {}
        wanted = {self._subject.node(ordinal) for ordinal in range(workload["spec"]["replicas"])}
        ending = {
            pod["metadata"]["name"]
            for pod in tier.pods()
            if "deletionTimestamp" in pod["metadata"] and pod["metadata"]["name"] in wanted
        }
        if len(ending - self.struck) > 1:
            self._note(f"{', '.join(sorted(ending))} are taken down at the same time")

    def _note(self, words: str) -> None:
        if words not in self.broken:
            self.broken.append(words)


def _victim(write: Write) -> str:
    if isinstance(write.body, dict) and "node" in write.body:
        return str(write.body["node"])
    return write.path.rpartition("/")[2].removeprefix("data-")
