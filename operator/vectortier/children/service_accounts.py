"""The ServiceAccounts of a tier's pods. They have no rights, and no token is mounted."""

from typing import Any

from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import metadata
from vectortier.children.names import GATEWAY, WEAVIATE


def build_weaviate_account(tier: TierContext) -> dict[str, Any]:
    """The account of Weaviate's pods; a user can bind cloud storage for backups to it."""
    return _account(tier, names.weaviate(tier.name), WEAVIATE)


def build_gateway_account(tier: TierContext) -> dict[str, Any]:
    """The account of the gateway's pods."""
    return _account(tier, names.gateway(tier.name), GATEWAY)


def _account(tier: TierContext, name: str, component: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(tier, name, component),
        "automountServiceAccountToken": False,
    }
