"""Weaviate's nodes as the experiments handle them: asked directly, copied by hand, restarted, their CPU read."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass

import requests

from tests.benchmarks.cpu import Cpu, cpu_of
from tests.benchmarks.frozen import weaviate_processes
from tests.cluster import ClusterError
from tests.demo.database import COLLECTION
from tests.objects import wait_for
from tests.tiers import REST_PORT, Tier
from vectortier.act.warm import WarmUp
from vectortier.clients.weaviate import Weaviate

_COPY_SECONDS = 300.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Nodes:
    """The Weaviate nodes of a tier, node 0 being the one that holds the only copy at first."""

    tier: Tier

    def name(self, ordinal: int) -> str:
        return f"{self.tier.name}-weaviate-{ordinal}"

    def addresses(self) -> dict[str, str]:
        """Every pod that is ready, with its address."""
        return {
            pod["metadata"]["name"]: pod["status"]["podIP"]
            for pod in self.tier.pods()
            if any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))
        }

    def client(self) -> Weaviate:
        """A client of all nodes that are ready."""
        urls = {name: f"http://{address}:{REST_PORT}" for name, address in self.addresses().items()}
        return Weaviate(urls, self.tier.api_key)

    def scale(self, count: int) -> None:
        """Scale the StatefulSet by hand, as somebody without an operator would, until its last pod is ready."""
        kubectl = self.tier.kubectl
        kubectl("scale", "statefulset", f"{self.tier.name}-weaviate", f"--replicas={count}", *self._scope)
        last = f"pod/{self.name(count - 1)}"
        for awaited in ("create", "condition=Ready"):
            kubectl("wait", last, f"--for={awaited}", *self._scope, "--timeout=240s", timeout=250)

    def restart(self, ordinal: int) -> None:
        """Delete a pod, with its present template, and wait until its successor is ready."""
        count = len(self.tier.pods())
        self.tier.kubectl("delete", "pod", self.name(ordinal), *self._scope, "--timeout=180s", timeout=190)
        self.await_nodes(count)

    def await_nodes(self, count: int) -> None:
        """Wait until so many nodes are ready, and know each other and where the data is."""

        def together() -> bool | None:
            if len(self.addresses()) != count:
                return None
            client = self.client()
            try:
                members = client.members()
                return True if [one.status for one in members] == ["HEALTHY"] * count else None
            except Exception:
                return None
            finally:
                client.close()

        wait_for(f"{count} Weaviate nodes", together, 240)

    def start_copy(self, client: Weaviate, source: int, target: int) -> str:
        """Begin a COPY of the collection's only shard. Returns the movement's id."""
        (shard,) = client.shards(COLLECTION)
        return client.copy_shard((COLLECTION, shard.name), self.name(source), self.name(target))

    def await_copy(self, client: Weaviate, movement: str) -> None:
        """Wait until a COPY is READY. Raises TimeoutError."""
        end = time.monotonic() + _COPY_SECONDS
        while client.movement(movement).state != "READY":
            if time.monotonic() > end:
                raise TimeoutError(f"the COPY was not READY within {_COPY_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)

    def warm(self, client: Weaviate, ordinal: int) -> None:
        """Warm a node as the operator does."""
        WarmUp(client, self.name(ordinal), random.Random(1)).run(60.0)

    def drop_copy(self, client: Weaviate, movement: str, ordinal: int) -> None:
        """Undo a COPY: its record and the copy."""
        client.delete_movement(movement)
        wait_for("the record to go", lambda: None if client.movements() else True, 30)
        (shard,) = client.shards(COLLECTION)
        body = {
            "planId": str(uuid.uuid4()),
            "collection": COLLECTION,
            "shardScaleActions": {shard.name: {"addNodes": {}, "removeNodes": [self.name(ordinal)]}},
        }
        url = f"http://{self.addresses()[self.name(0)]}:{REST_PORT}/v1/replication/scale"
        answer = requests.post(url, json=body, headers={"Authorization": f"Bearer {self.tier.api_key}"}, timeout=30)
        if not answer.ok:
            raise ClusterError(f"Weaviate did not drop the copy: {answer.status_code} {answer.text[:300]}")
        wait_for(
            "the copy to go", lambda: True if client.shards(COLLECTION)[0].replicas == (self.name(0),) else None, 30
        )

    def cpu(self, ordinal: int) -> Cpu:
        """What the container of a node has used so far."""
        pod = next(one for one in self.tier.pods() if one["metadata"]["name"] == self.name(ordinal))
        (process, *_) = weaviate_processes(pod["metadata"]["uid"])
        return cpu_of(process)

    @property
    def _scope(self) -> tuple[str, str]:
        return ("-n", self.tier.namespace)
