"""All children of a tier, in the order in which they are applied."""

from collections.abc import Callable
from typing import Any

from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.disruption import build_gateway_budget, build_weaviate_budget
from vectortier.children.gateway import build_gateway, build_gateway_config
from vectortier.children.network import build_gateway_policy, build_weaviate_policy
from vectortier.children.service_accounts import build_gateway_account, build_weaviate_account
from vectortier.children.services import build_front_door, build_join_service
from vectortier.children.statefulset import build_statefulset

# Policies and accounts come before the pods that need them, Services before the pods that look them up.
_BUILDERS: tuple[Callable[[TierContext], dict[str, Any] | None], ...] = (
    build_weaviate_account,
    build_gateway_account,
    build_weaviate_policy,
    build_gateway_policy,
    build_join_service,
    build_front_door,
    build_weaviate_budget,
    build_gateway_budget,
    build_gateway_config,
    build_statefulset,
    build_gateway,
)


def build_children(tier: TierContext) -> tuple[dict[str, Any], ...]:
    """Every child that the tier is to have, whole. The keys are not among them: they are created once."""
    built = (builder(tier) for builder in _BUILDERS)
    return tuple(child for child in built if child is not None)


def unwanted_children(tier: TierContext) -> tuple[dict[str, Any], ...]:
    """Children that an earlier spec may have had and this one has not: kind and name, to be deleted."""
    if build_gateway_budget(tier) is not None:
        return ()
    reference = {"name": names.gateway(tier.name), "namespace": tier.namespace}
    return ({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": reference},)
