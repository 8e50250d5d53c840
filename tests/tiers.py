"""Tiers as tests see them: what a user writes, what comes up, and an unmodified Weaviate client at the front door."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import weaviate
from weaviate.classes.init import AdditionalConfig, Auth, Timeout

from tests.cluster.kubectl import Kubectl
from tests.objects import apply, condition, delete, get, list_objects, wait_for

REST_PORT = 8080
GRPC_PORT = 50051


@dataclass(frozen=True)
class Tier:
    """One VectorTier in a cluster."""

    kubectl: Kubectl
    namespace: str
    name: str

    def apply(self, spec: Mapping[str, Any]) -> None:
        """Write the tier as Git would."""
        metadata = {"name": self.name, "namespace": self.namespace}
        body = {"apiVersion": "vectortier.dev/v1alpha1", "kind": "VectorTier", "metadata": metadata, "spec": spec}
        apply(self.kubectl, body)

    def read(self) -> dict[str, Any]:
        """The VectorTier as it is; empty when it is gone."""
        return get(self.kubectl, "vectortier", self.name, self.namespace) or {}

    @property
    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.read().get("status") or {}
        return status

    def condition(self, kind: str) -> Mapping[str, Any]:
        """One of its conditions; empty when it does not have it."""
        return condition(self.read(), kind)

    def await_ready(self, timeout: float = 180.0) -> None:
        """Wait until Ready is True for the present generation."""

        def ready() -> bool | None:
            resource = self.read()
            current = (resource.get("status") or {}).get("observedGeneration") == resource["metadata"]["generation"]
            return True if current and condition(resource, "Ready").get("status") == "True" else None

        wait_for(f"{self.name} to become Ready", ready, timeout)

    def await_serving(self, nodes: int, timeout: float = 120.0) -> None:
        """Wait until it reports so many serving nodes."""
        wait_for(f"{nodes} serving nodes", lambda: self.status.get("servingNodes") == nodes or None, timeout)

    def ended(self, number: int) -> dict[str, Any] | None:
        """The operation of this number, counted from 1, once it has ended."""
        history: list[dict[str, Any]] = self.journal["history"]
        return history[number - 1] if len(history) >= number else None

    def delete(self, volumes: bool = True) -> None:
        """Delete the tier, wait until its pods are gone, and drop its volumes if asked to."""
        delete(self.kubectl, "vectortier", self.name, self.namespace)
        selector = f"vectortier.dev/tier={self.name}"
        wait_for(
            "its pods to go", lambda: None if list_objects(self.kubectl, "pod", self.namespace, selector) else True, 90
        )
        if volumes:
            self.kubectl("delete", "pvc", "-n", self.namespace, "-l", selector, "--timeout=60s", timeout=70)

    @property
    def journal(self) -> dict[str, Any]:
        """What the operator has written down: 'operation' (None when there is none) and 'history'."""
        data = (get(self.kubectl, "configmap", f"{self.name}-operations", self.namespace) or {}).get("data") or {}
        return {
            "operation": json.loads(data["operation.json"]) if data.get("operation.json") else None,
            "history": json.loads(data.get("history.json") or "[]"),
        }

    @property
    def api_key(self) -> str:
        """The generated key for clients."""
        secret = get(self.kubectl, "secret", f"{self.name}-keys", self.namespace) or {}
        return base64.b64decode(secret["data"]["api-key"]).decode()

    @property
    def address(self) -> str:
        """The cluster address of the front door."""
        service = get(self.kubectl, "service", self.name, self.namespace) or {}
        address: str = service["spec"]["clusterIP"]
        return address

    def pods(self, component: str = "weaviate") -> list[dict[str, Any]]:
        """Its pods of one component."""
        selector = f"vectortier.dev/tier={self.name},app.kubernetes.io/component={component}"
        return list_objects(self.kubectl, "pod", self.namespace, selector)

    def node(self, ordinal: int) -> dict[str, Any]:
        """The pod of one Weaviate node; empty when there is none."""
        return get(self.kubectl, "pod", f"{self.name}-weaviate-{ordinal}", self.namespace) or {}

    @contextmanager
    def client(self) -> Iterator[weaviate.WeaviateClient]:
        """An unmodified Weaviate client at the front door."""
        client = weaviate.connect_to_custom(
            http_host=self.address,
            http_port=REST_PORT,
            http_secure=False,
            grpc_host=self.address,
            grpc_port=GRPC_PORT,
            grpc_secure=False,
            auth_credentials=Auth.api_key(self.api_key),
            additional_config=AdditionalConfig(timeout=Timeout(init=30, query=30, insert=90)),
        )
        try:
            yield client
        finally:
            client.close()
