"""What Weaviate's pods and the gateway's have in common."""

from typing import Any

from vectortier.api.vectortier import ResourceAmounts, Resources
from vectortier.children.context import TierContext
from vectortier.children.metadata import selector

# The user of the operator's own image.
OPERATOR_USER = 65532

# For the small programs that run beside Weaviate and Envoy.
SMALL_RESOURCES = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}


def pod_security(user: int) -> dict[str, Any]:
    """A pod's security context that Pod Security 'restricted' admits; its volumes belong to the user."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        # Without this, every start of a pod walks over every file of its volume.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> dict[str, Any]:
    """A container's security context that Pod Security 'restricted' admits."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def resources(wanted: Resources) -> dict[str, Any]:
    """What a container asks for and may use, as in a pod."""
    both = {"requests": _amounts(wanted.requests), "limits": _amounts(wanted.limits)}
    return {kind: amounts for kind, amounts in both.items() if amounts}


def _amounts(amounts: ResourceAmounts) -> dict[str, str]:
    return amounts.model_dump(mode="json", exclude_none=True)


def spread(tier: TierContext, component: str) -> dict[str, Any]:
    """Keeps pods of a kind apart, over zones and machines. All of it is a wish: a small cluster still runs the tier."""
    mine = {"matchLabels": selector(tier, component)}
    constraints = [
        {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": mine}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    apart = {"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": mine}}
    return {
        "topologySpreadConstraints": constraints,
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [apart]}},
    }


def from_pod(name: str, path: str) -> dict[str, Any]:
    """An environment variable with a field of the pod itself."""
    return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}


def port(name: str, number: int, protocol: str = "TCP") -> dict[str, Any]:
    """A container's port. The protocol is part of its key when it is applied, so it is always written."""
    return {"name": name, "containerPort": number, "protocol": protocol}
