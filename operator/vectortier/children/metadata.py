"""Names, labels and owners, the same for every child."""

from typing import Any

from vectortier.api import API_VERSION
from vectortier.children.context import TierContext
from vectortier.children.names import GATEWAY, WEAVIATE

TIER_LABEL = "vectortier.dev/tier"
COMPONENT_LABEL = "app.kubernetes.io/component"
NOTE_ANNOTATION = "vectortier.dev/note"

_PROGRAMS = {GATEWAY: "envoy", WEAVIATE: "weaviate"}


def labels(tier: TierContext, component: str) -> dict[str, str]:
    """The labels of a child. The user's own are not copied: GitOps tools prune by them."""
    return {
        "app.kubernetes.io/name": _PROGRAMS[component],
        "app.kubernetes.io/instance": tier.name,
        COMPONENT_LABEL: component,
        "app.kubernetes.io/part-of": "vectortier",
        "app.kubernetes.io/managed-by": "vectortier",
        TIER_LABEL: tier.name,
    }


def selector(tier: TierContext, component: str) -> dict[str, str]:
    """The labels by which pods are selected. Workloads never allow these to change, so they are few."""
    return {TIER_LABEL: tier.name, COMPONENT_LABEL: component}


def owner_reference(tier: TierContext) -> dict[str, Any]:
    """Makes Kubernetes delete the child with the tier. Deleting the tier never waits for the child."""
    return {
        "apiVersion": API_VERSION,
        "kind": "VectorTier",
        "name": tier.name,
        "uid": tier.uid,
        "controller": True,
        "blockOwnerDeletion": False,
    }


def metadata(tier: TierContext, name: str, component: str) -> dict[str, Any]:
    """The metadata of a child that goes when the tier goes."""
    return {
        "name": name,
        "namespace": tier.namespace,
        "labels": labels(tier, component),
        "ownerReferences": [owner_reference(tier)],
    }
