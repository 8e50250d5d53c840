"""The operation that is under way: one step further, by what is observed and not by what is remembered."""

from collections.abc import Callable

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.add_node import add_node
from vectortier.decide.steps.at import At, fail
from vectortier.decide.steps.await_node import await_node
from vectortier.decide.steps.copy import copy
from vectortier.decide.steps.raise_factor import raise_factor
from vectortier.decide.steps.serve import serve
from vectortier.decide.steps.warm import warm
from vectortier.model.journal import StepName
from vectortier.model.plan import EndOperation, Outcome

TURN_SECONDS = 3600.0
"""How long a step may wait for what stands in its way, such as a backup, before the operation is given up."""

STEPS: dict[StepName, Callable[[At], Ruling]] = {
    StepName.ADD_NODE: add_node,
    StepName.AWAIT_NODE: await_node,
    StepName.COPY: copy,
    StepName.RAISE_FACTOR: raise_factor,
    StepName.WARM: warm,
    StepName.SERVE: serve,
}


def operation_in_flight(facts: Facts) -> Ruling | None:
    """While an operation is under way nothing else is begun."""
    operation = facts.journal.operation
    if operation is None:
        return None
    index = operation.current
    if index is None:
        message = f"{operation.kind} {operation.id} is done: {len(operation.steps)} steps"
        return propose(EndOperation(succeeded=True, message=message), Reason.SCALING_OUT, message)
    at = At(facts, operation, index)
    return _given_up(at, STEPS[at.step.name](at))


def _given_up(at: At, ruling: Ruling) -> Ruling:
    """A step that has not begun, and cannot, must not hold the lock for ever. Those that have begun have limits of
    their own."""
    if ruling.outcome is not Outcome.HOLD or at.journalled or at.waiting_seconds <= TURN_SECONDS:
        return ruling
    return fail(at, ruling.reason, f"not begun within {at.waiting_seconds:.0f} s: {ruling.message}")
