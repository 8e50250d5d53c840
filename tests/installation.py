"""Install the operator into a cluster the way its users do, and wait until it is up."""

from __future__ import annotations

from pathlib import Path

from tests.cluster import Cluster
from tests.objects import apply, get, wait_for

OPERATOR_NAMESPACE = "vectortier-system"


def install_operator(cluster: Cluster, kustomization: Path, *namespaces: str, timeout: float = 120.0) -> None:
    """Create the watched namespaces, apply a kustomization with CRDs and operator, and wait until it is available.

    Raises TimeoutError when the operator does not come up.
    """
    kubectl = cluster.kubectl
    for namespace in namespaces:
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        apply(kubectl, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    was_there = get(kubectl, "deployment", "vectortier", OPERATOR_NAMESPACE) is not None
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(kustomization))
    if was_there:
        # The image keeps its name when its content changes, so a cluster that was kept would keep the old program.
        kubectl("-n", OPERATOR_NAMESPACE, "rollout", "restart", "deployment/vectortier")

    def available() -> bool | None:
        deployment = get(kubectl, "deployment", "vectortier", OPERATOR_NAMESPACE) or {}
        status = deployment.get("status", {})
        current = status.get("observedGeneration") == deployment.get("metadata", {}).get("generation")
        wanted = deployment.get("spec", {}).get("replicas", 1)
        counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
        return True if current and counts == [wanted] * 3 else None

    wait_for("the operator to become available", available, timeout)
