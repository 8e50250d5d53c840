"""An operation of which a step has failed ends once nothing of its other steps is left in Weaviate's list.

A movement that no journal names is nobody's: while it goes on it is waited for like somebody else's, and once it has
ended it stays in the list for ever, where it gets in the way of later ones.
"""

from dataclasses import replace

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import can_be_cancelled, is_active
from vectortier.decide.facts.tenants import to_restore
from vectortier.decide.ruling import BUSY_SECONDS, Ruling, hold, propose
from vectortier.decide.steps.at import At
from vectortier.decide.steps.copy import ANSWER_SECONDS
from vectortier.decide.steps.restore_tenant import restore_tenant
from vectortier.model.journal import Operation, Step, StepName
from vectortier.model.plan import CompleteStep, DeleteMovement
from vectortier.model.weaviate import Movement


def tidied_up(facts: Facts, operation: Operation, failed: Ruling, *, cancel: bool = False) -> Ruling:
    """`failed`, which ends the operation, or what comes before it. What was copied stays, verified or not: the next
    operation finds it. What is being copied is waited for, or cancelled: to wait is cheaper, but for somebody who wants
    it to end."""
    left = [(i, m) for i, step in enumerate(operation.steps) for m in _movements(facts, step)]
    for index, movement in left if cancel else ():
        if can_be_cancelled(movement.state) and not movement.deleting:
            action = DeleteMovement(index=index, weaviate_operation_id=movement.id, cancel=True)
            what = f"movement {movement.id}, which is {movement.state}, is cancelled first"
            return propose(action, failed.reason, f"{failed.message}; {what}")
    for index, movement in left:
        if not is_active(movement.state) and not movement.deleting:
            action = DeleteMovement(index=index, weaviate_operation_id=movement.id)
            return propose(action, failed.reason, f"{failed.message}; movement {movement.id} is cleared away first")
    if left:
        movement = left[0][1]
        what = f"movement {movement.id} to {movement.target}, which is {movement.state}"
        return hold(failed.reason, f"{failed.message}; that ends once Weaviate is done with {what}", BUSY_SECONDS)
    if any(s.asked_at is not None and facts.now - s.asked_at < ANSWER_SECONDS for s in operation.steps):
        text = f"{failed.message}; that ends once it is certain that Weaviate begins no other copy"
        return hold(failed.reason, text, BUSY_SECONDS)
    return _restored(facts, operation, failed) or failed


def _restored(facts: Facts, operation: Operation, failed: Ruling) -> Ruling | None:
    """A tenant that was made HOT is COLD again before the operation ends."""
    for index in to_restore(facts.database, operation):
        ruling = restore_tenant(At(facts, operation, index))
        if not isinstance(ruling.action, CompleteStep):
            return replace(ruling, reason=failed.reason, message=f"{failed.message}; {ruling.message}")
    return None


def _movements(facts: Facts, step: Step) -> list[Movement]:
    if step.name is not StepName.COPY:
        return []
    wanted = (step.collection, step.shard, step.target)
    return [m for m in facts.database.movements if (m.collection, m.shard, m.target) == wanted]
