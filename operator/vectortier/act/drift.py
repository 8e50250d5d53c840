"""Whether a live object still is as it was built. Pure."""

import hashlib
import json
from typing import Any

from vectortier.api.quantity import parse_quantity
from vectortier.clients.kubernetes import Object

APPLIED_ANNOTATION = "vectortier.dev/applied"
"""Hash of what was applied last: shows that something was taken out of the spec, which a comparison cannot."""

_QUANTITIES = frozenset({"cpu", "memory", "storage", "ephemeral-storage", "sizeLimit"})


def stamped(desired: Object) -> Object:
    """The object with the hash of itself. A StatefulSet's replicas are left out: operations change them."""
    spec = desired.get("spec")
    steady = {**desired, "spec": {k: v for k, v in spec.items() if k != "replicas"}} if spec else desired
    digest = hashlib.sha256(json.dumps(steady, sort_keys=True).encode()).hexdigest()[:16]
    metadata = desired["metadata"]
    annotations = {**(metadata.get("annotations") or {}), APPLIED_ANNOTATION: digest}
    return {**desired, "metadata": {**metadata, "annotations": annotations}}


def drift(desired: Any, live: Any, path: str = "") -> str | None:
    """Where `live` is not what is desired, for example 'spec.replicas'; None where it is.

    Fields that are not desired are the API server's defaults or somebody else's, and no drift. Lists have to match
    as wholes: their items by name if they have names, else by position.
    """
    if isinstance(desired, dict):
        return _drift_of_map(desired, live if isinstance(live, dict) else {}, path)
    if isinstance(desired, list | tuple):
        return _drift_of_list(list(desired), live if isinstance(live, list) else [], path)
    if desired is None or desired == live:
        return None
    field = path.rpartition(".")[2]
    return None if field in _QUANTITIES and _same_quantity(desired, live) else path


def _drift_of_map(desired: dict[str, Any], live: dict[str, Any], path: str) -> str | None:
    for key, value in desired.items():
        below = f"{path}.{key}" if path else key
        if key not in live and _is_empty(value):
            continue
        found = drift(value, live.get(key), below)
        if found is None and key not in live:
            found = below
        if found is not None:
            return found
    return None


def _drift_of_list(desired: list[Any], live: list[Any], path: str) -> str | None:
    if len(desired) != len(live):
        return path
    if all(isinstance(item, dict) and "name" in item for item in (*desired, *live)):
        desired, live = sorted(desired, key=_by_name), sorted(live, key=_by_name)
    pairs = enumerate(zip(desired, live, strict=True))
    return next((found for i, (want, have) in pairs if (found := drift(want, have, f"{path}[{i}]"))), None)


def _by_name(item: dict[str, Any]) -> str:
    return str(item["name"])


def _is_empty(value: Any) -> bool:
    return value is None or value in ({}, [], ())


def _same_quantity(one: Any, other: Any) -> bool:
    try:
        return parse_quantity(str(one)) == parse_quantity(str(other))
    except ValueError:
        return False
