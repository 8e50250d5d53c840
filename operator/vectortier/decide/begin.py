"""The beginning of an operation, whatever it does: named, dated, and with the spec that it is begun under; and the
steps that several kinds share."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.size import ShardCopy, ShardMove
from vectortier.decide.identify import decision_id, operation_id
from vectortier.model.journal import Operation, OperationKind, Step, StepName
from vectortier.model.plan import BeginOperation


def begin(
    facts: Facts, kind: OperationKind, steps: tuple[Step, ...], *, nodes: int, copies: int, message: str
) -> BeginOperation:
    """Propose these steps; the tier is to have so many nodes and copies afterwards. Nothing is done by it yet."""
    operation = Operation(
        id=operation_id(facts.tier.uid, kind, facts.now),
        kind=kind,
        why=decision_id(facts.tier.uid, facts.now),
        epoch=0,
        generation=facts.tier.generation,
        started_at=facts.now,
        nodes=nodes,
        copies=copies,
        steps=steps,
        message=message,
    )
    return BeginOperation(operation=operation)


def copy_step(facts: Facts, move: ShardCopy, source: str | None) -> Step:
    """One more copy of one shard, with what it is predicted to cost; `source` None: none is known to be alive."""
    return Step(
        name=StepName.COPY,
        collection=move.collection,
        shard=move.shard,
        source=source,
        target=move.target,
        predicted=predict_copy(facts, source, move.collection, move.shard),
    )


def move_steps(facts: Facts, move: ShardMove, *, multi_tenant: bool) -> tuple[Step, ...]:
    """One shard from one node to another, by steps of which each leaves it whole: first one more copy, then one less.
    A tenant is afterwards what it was before. What is searched from the new copy alone is warmed first; not so tenants,
    which a search would load."""
    place = {"collection": move.collection, "shard": move.shard}
    copied = copy_step(facts, move, move.source)
    dropped = Step(name=StepName.DROP_COPY, target=move.source, **place)
    if multi_tenant:
        return (copied, dropped, Step(name=StepName.RESTORE_TENANT, target=move.target, **place))
    return (copied, Step(name=StepName.WARM, target=move.target), dropped)
