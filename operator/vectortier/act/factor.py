"""Raising a collection's replication factor."""

from vectortier.clients.errors import Invalid, Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import RaiseFactor


def raise_factor(client: Weaviate, action: RaiseFactor) -> bool:
    """Raises the factor and returns whether anything was written; a factor that is high enough is left alone.

    The definition is sent back as Weaviate gave it, with nothing but the factor changed: what is left out would be
    reset. Raises Refused while a shard has fewer copies than the factor, NotFound when the collection is gone.
    """
    definition = client.class_definition(action.collection)
    replication = definition.get("replicationConfig")
    if not isinstance(replication, dict) or not isinstance(replication.get("factor"), int):
        raise Invalid(f"schema of {action.collection}: no replicationConfig.factor in it")
    if replication["factor"] >= action.factor:
        return False
    lacking = [s.name for s in client.shards(action.collection) if len(s.replicas) < action.factor]
    if lacking:
        raise Refused(f"{action.collection}: fewer than {action.factor} copies of {', '.join(lacking[:5])}")
    client.put_class_definition(
        action.collection, {**definition, "replicationConfig": {**replication, "factor": action.factor}}
    )
    return True
