"""Raising and lowering a collection's replication factor."""

from collections.abc import Mapping
from typing import Any

from vectortier.clients.errors import Invalid, Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import LowerFactor, RaiseFactor


def raise_factor(client: Weaviate, action: RaiseFactor) -> bool:
    """Raises the factor and returns whether anything was written; a factor that is high enough is left alone.

    Raises Refused while a shard has fewer copies than the factor, NotFound when the collection is gone.
    """
    definition = client.class_definition(action.collection)
    if _factor(action.collection, definition) >= action.factor:
        return False
    lacking = [s.name for s in client.shards(action.collection) if len(s.replicas) < action.factor]
    if lacking:
        raise Refused(f"{action.collection}: fewer than {action.factor} copies of {', '.join(lacking[:5])}")
    _put_factor(client, action.collection, definition, action.factor)
    return True


def lower_factor(client: Weaviate, action: LowerFactor) -> bool:
    """Lowers the factor and returns whether anything was written; one that is low enough is left alone. The copies stay
    where they are. Raises NotFound when the collection is gone."""
    definition = client.class_definition(action.collection)
    if _factor(action.collection, definition) <= action.factor:
        return False
    _put_factor(client, action.collection, definition, action.factor)
    return True


def _factor(collection: str, definition: Mapping[str, Any]) -> int:
    replication = definition.get("replicationConfig")
    factor = replication.get("factor") if isinstance(replication, dict) else None
    if not isinstance(factor, int):
        raise Invalid(f"schema of {collection}: no replicationConfig.factor in it")
    return factor


def _put_factor(client: Weaviate, collection: str, definition: Mapping[str, Any], factor: int) -> None:
    """The definition is sent back as Weaviate gave it, with nothing but the factor changed: what is left out would be
    reset."""
    replication = {**definition["replicationConfig"], "factor": factor}
    client.put_class_definition(collection, {**definition, "replicationConfig": replication})
