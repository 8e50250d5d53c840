"""Metadata of what belongs to a tier but is not built from its spec: journal and lock."""

from typing import Any, NamedTuple

from vectortier.api import API_VERSION
from vectortier.children.metadata import TIER_LABEL
from vectortier.model.observation import Identity

EPOCH_ANNOTATION = "vectortier.dev/epoch"


class Term(NamedTuple):
    """One leader's time in office."""

    epoch: int
    """Counts up from term to term; begins anew only if somebody deletes the leaders' Lease."""
    holder: str
    """The process that leads; no two starts have the same name."""

    @property
    def mark(self) -> str:
        """Names the term, and no other."""
        return f"{self.epoch}.{self.holder}"


def owned_metadata(tier: Identity, name: str, term: Term, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    """Found by the tier's label, deleted with the tier, and marked with the term of the leader that wrote it."""
    return {
        "name": name,
        "namespace": tier.namespace,
        "labels": {
            "app.kubernetes.io/name": "vectortier",
            "app.kubernetes.io/instance": tier.name,
            "app.kubernetes.io/component": "operations",
            "app.kubernetes.io/part-of": "vectortier",
            "app.kubernetes.io/managed-by": "vectortier",
            TIER_LABEL: tier.name,
        },
        "annotations": {EPOCH_ANNOTATION: term.mark, **(annotations or {})},
        "ownerReferences": [
            {
                "apiVersion": API_VERSION,
                "kind": "VectorTier",
                "name": tier.name,
                "uid": tier.uid,
                "controller": True,
                "blockOwnerDeletion": False,
            }
        ],
    }
