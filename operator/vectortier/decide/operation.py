"""The operation that is under way: one step further, by what is observed and not by what is remembered."""

from collections.abc import Callable

from vectortier.api.reasons import Reason
from vectortier.decide.look import Facts
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.add_node import add_node
from vectortier.decide.steps.at import At
from vectortier.decide.steps.await_node import await_node
from vectortier.decide.steps.copy import copy
from vectortier.decide.steps.raise_factor import raise_factor
from vectortier.decide.steps.serve import serve
from vectortier.decide.steps.warm import warm
from vectortier.model.journal import StepName
from vectortier.model.plan import EndOperation

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
    return STEPS[operation.steps[index].name](At(facts, operation, index))
