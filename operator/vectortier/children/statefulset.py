"""The StatefulSet of a tier's Weaviate nodes."""

from typing import Any

from vectortier.api.vectortier import DeletionPolicy
from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import labels, metadata, selector
from vectortier.children.names import WEAVIATE
from vectortier.children.weaviate_pod import DATA_VOLUME, build_weaviate_pod


def build_statefulset(tier: TierContext) -> dict[str, Any]:
    """Weaviate's nodes and their volumes.

    OnDelete: a change of the spec restarts no database pod by itself. Parallel: with three voters no node becomes
    ready before the second has started, and nodes that are added together boot together.
    """
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(tier, names.weaviate(tier.name), WEAVIATE),
        "spec": {
            "replicas": tier.nodes,
            "serviceName": names.join_service(tier.name),
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "OnDelete"},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector(tier, WEAVIATE)},
            "template": build_weaviate_pod(tier),
            "persistentVolumeClaimRetentionPolicy": _retention(tier),
            "volumeClaimTemplates": [_claim(tier)],
        },
    }


def _retention(tier: TierContext) -> dict[str, str]:
    """A volume of a removed node is kept in any case: dropping it is a decision of its own."""
    deleted = "Delete" if not tier.keep_volumes and tier.spec.deletion_policy is DeletionPolicy.DELETE else "Retain"
    return {"whenDeleted": deleted, "whenScaled": "Retain"}


def _claim(tier: TierContext) -> dict[str, Any]:
    storage = tier.spec.weaviate.storage
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "resources": {"requests": {"storage": tier.volume_size or storage.size}},
    }
    if storage.storage_class_name:
        spec["storageClassName"] = storage.storage_class_name
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": DATA_VOLUME, "labels": labels(tier, WEAVIATE)},
        "spec": spec,
    }
