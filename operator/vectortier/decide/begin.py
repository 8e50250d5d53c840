"""The beginning of an operation, whatever it does: named, dated, and with the spec that it is begun under."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.identify import decision_id, operation_id
from vectortier.model.journal import Operation, OperationKind, Step
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
