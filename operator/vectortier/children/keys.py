"""The Secret with a tier's generated keys."""

import base64
from collections.abc import Callable
from typing import Any

from vectortier.api.vectortier import DeletionPolicy
from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import labels, metadata
from vectortier.children.names import WEAVIATE

# The keys of the Secret, generated or brought.
SECRET_KEYS = ("api-key", "cluster-username", "cluster-password")

_KEY_BYTES = 32


def build_keys(tier: TierContext, random_bytes: Callable[[int], bytes]) -> dict[str, Any] | None:
    """A Secret with fresh keys, to be created once; None when the user brings one.

    `random_bytes` gives that many bytes from a cryptographic source. The keys stay as long as the volumes do: with
    `deletionPolicy: Retain` the Secret has no owner, and a tier created again under the same name finds both.
    """
    if tier.spec.weaviate.keys_secret_ref:
        return None
    values = {
        "api-key": _token(random_bytes),
        "cluster-username": "vectortier",
        "cluster-password": _token(random_bytes),
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": _metadata(tier),
        "data": {key: base64.b64encode(values[key].encode()).decode() for key in SECRET_KEYS},
    }


def _metadata(tier: TierContext) -> dict[str, Any]:
    name = names.generated_keys(tier.name)
    if tier.spec.deletion_policy is DeletionPolicy.DELETE:
        return metadata(tier, name, WEAVIATE)
    return {"name": name, "namespace": tier.namespace, "labels": labels(tier, WEAVIATE)}


def _token(random_bytes: Callable[[int], bytes]) -> str:
    """Text that needs no quoting in a header, a URL or a list separated by commas."""
    return base64.urlsafe_b64encode(random_bytes(_KEY_BYTES)).rstrip(b"=").decode()
