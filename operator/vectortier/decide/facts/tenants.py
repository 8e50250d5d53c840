"""Which tenants can be moved, and which of them a movement has touched?

Weaviate makes a COLD tenant HOT to copy it, and leaves it so. One that is offloaded it cannot copy at all: its files
are in a store outside, under the name of the node that has offloaded them.
"""

from vectortier.decide.facts.placement import find_shard
from vectortier.model.journal import Operation, Step, StepName, StepState
from vectortier.model.weaviate import Collection, Database, Shard

HOT, COLD = "HOT", "COLD"
_MOVABLE = (HOT, COLD)


def can_move(collection: Collection, shard: Shard) -> bool:
    """Whether Weaviate can copy the shard. A tenant of which nothing is said cannot be moved either."""
    return not collection.multi_tenant or shard.tenant_status in _MOVABLE


def immovable(database: Database, nodes: set[str]) -> str | None:
    """A tenant that keeps one of these nodes from going, in words; None: there is none."""
    for collection in sorted(database.collections, key=lambda c: c.name):
        for shard in sorted(collection.shards, key=lambda s: s.name):
            if nodes & set(shard.replicas) and not can_move(collection, shard):
                return what_keeps(collection.name, shard)
    return None


def what_keeps(collection: str, shard: Shard) -> str:
    """Why a tenant is not moved, in words."""
    return f"tenant {shard.name} of {collection} is {shard.tenant_status or 'not listed as a tenant yet'}"


def was_cold(operation: Operation, step: Step) -> bool:
    """Whether the step's tenant was COLD before the operation began to copy it, or to count what it holds."""
    return any(
        s.tenant_status == COLD and (s.collection, s.shard) == (step.collection, step.shard) for s in operation.steps
    )


def to_restore(database: Database, operation: Operation) -> tuple[int, ...]:
    """Indices of the steps that have yet to make a tenant COLD again, which was made HOT by the operation."""
    return tuple(
        i
        for i, s in enumerate(operation.steps)
        if s.name is StepName.RESTORE_TENANT
        and s.state is not StepState.DONE
        and was_cold(operation, s)
        and (found := find_shard(database, s.collection, s.shard)) is not None
        and found.tenant_status == HOT
    )
