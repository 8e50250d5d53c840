"""Which steps of an operation belong together, because they move one shard?

A move is a copy, then the drop of the copy that it was made from, and of a tenant its status. A spread consists of
them, and so does what becomes of the tenants of a node that is to go.
"""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import find_collection, find_shard
from vectortier.decide.facts.tenants import COLD, HOT
from vectortier.model.journal import Operation, OperationKind, Step, StepName, StepState


def is_move(operation: Operation, step: Step) -> bool:
    """Whether the step is part of one: nothing is gone by it that is not elsewhere."""
    if operation.kind is OperationKind.SPREAD:
        return True
    return step.shard is not None and any(
        s.name is StepName.RESTORE_TENANT and _shard(s) == _shard(step) for s in operation.steps
    )


def copies_before(operation: Operation, index: int) -> tuple[Step, ...]:
    """The copies that the operation makes before it drops this one."""
    step = operation.steps[index]
    return tuple(s for s in operation.steps[:index] if s.name is StepName.COPY and _shard(s) == _shard(step))


def is_between_moves(operation: Operation, index: int) -> bool:
    """Whether nothing of the move has been done that this step begins."""
    step = operation.steps[index]
    return step.name is StepName.COPY and step.started_at is None


def left_behind(facts: Facts) -> tuple[Step, ...]:
    """The drops of moves that ended after the copy: both are there still. One that somebody has asked for by hand looks
    the same, so only those count that the journal remembers."""
    found: dict[tuple[str | None, str | None], Step] = {}
    for operation in facts.journal.history:
        for i, step in enumerate(operation.steps):
            if step.name is StepName.DROP_COPY and is_move(operation, step) and step.state is not StepState.DONE:
                begun = [s.target for s in copies_before(operation, i) if s.started_at is not None]
                if begun and _has_both(facts, step, begun[0]):
                    found[_shard(step)] = step
    return tuple(found.values())


def _has_both(facts: Facts, drop: Step, target: str | None) -> bool:
    collection = find_collection(facts.database, drop.collection)
    shard = find_shard(facts.database, drop.collection, drop.shard)
    if collection is None or shard is None or shard.tenant_status not in (None, HOT, COLD):
        return False
    return {drop.target, target} <= set(shard.replicas) and len(shard.replicas) > collection.factor


def _shard(step: Step) -> tuple[str | None, str | None]:
    return step.collection, step.shard
