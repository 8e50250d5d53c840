"""PodDisruptionBudgets: what draining a machine may do to a tier."""

from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import NOTE_ANNOTATION, metadata, selector
from vectortier.children.names import GATEWAY, WEAVIATE


def disruption_note(spec: VectorTierSpec, copies: int | None) -> str | None:
    """What losing one Weaviate node means to clients, where it means anything.

    `copies` is the least number of copies over all collections; None when it is not known.
    """
    if copies is None:
        return (
            "How many copies the collections have is not known, so draining a machine with a Weaviate node is refused."
        )
    if copies < 2:
        return (
            "The collections have one copy, so draining a machine with a Weaviate node would be an outage and is "
            "refused. Raise copies.min to 2, or delete the pod to accept the outage."
        )
    if spec.weaviate.raft_voters < 3:
        return (
            f"Searches survive the loss of one node, but while {WEAVIATE} node 0, the only voter, is down, collections "
            "and tenants cannot be changed."
        )
    return None


def build_weaviate_budget(tier: TierContext) -> dict[str, Any]:
    """At most one Weaviate node may be drained at a time, and none while there is just one copy."""
    budget = _budget(tier, names.weaviate(tier.name), WEAVIATE)
    budget["spec"]["maxUnavailable"] = 1 if (tier.copies or 0) >= 2 else 0
    note = disruption_note(tier.spec, tier.copies)
    if note:
        budget["metadata"]["annotations"] = {NOTE_ANNOTATION: note}
    return budget


def build_gateway_budget(tier: TierContext) -> dict[str, Any] | None:
    """At most one gateway pod may be drained at a time; a gateway of one pod has no budget, and moves."""
    if tier.spec.gateway.replicas < 2:
        return None
    budget = _budget(tier, names.gateway(tier.name), GATEWAY)
    budget["spec"]["maxUnavailable"] = 1
    return budget


def _budget(tier: TierContext, name: str, component: str) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(tier, name, component),
        "spec": {"selector": {"matchLabels": selector(tier, component)}},
    }
