"""The operation that is under way: one step further, by what is observed and not by what is remembered."""

from collections.abc import Callable

from vectortier.decide.facts.look import Facts
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.add_node import add_node
from vectortier.decide.steps.at import PROGRESS, At, fail
from vectortier.decide.steps.await_node import await_node
from vectortier.decide.steps.copy import copy
from vectortier.decide.steps.order import ready_steps
from vectortier.decide.steps.raise_factor import raise_factor
from vectortier.decide.steps.remove_node import remove_node
from vectortier.decide.steps.serve import serve
from vectortier.decide.steps.warm import warm
from vectortier.model.journal import StepName
from vectortier.model.plan import EndOperation, Outcome, WarmNode

TURN_SECONDS = 3600.0
"""How long a step may wait for what stands in its way, such as a backup, before the operation is given up."""

STEPS: dict[StepName, Callable[[At], Ruling]] = {
    StepName.ADD_NODE: add_node,
    StepName.AWAIT_NODE: await_node,
    StepName.COPY: copy,
    StepName.RAISE_FACTOR: raise_factor,
    StepName.WARM: warm,
    StepName.SERVE: serve,
    StepName.REMOVE_NODE: remove_node,
}


def operation_in_flight(facts: Facts) -> Ruling | None:
    """While an operation is under way nothing else is begun.

    Of the steps that may be taken now, the first that has something to do is taken; one that fails ends the operation
    once what else has been begun has come to its end, so that no movement is left that nobody remembers.
    """
    operation = facts.journal.operation
    if operation is None:
        return None
    if operation.current is None:
        message = f"{operation.kind} {operation.id} is done: {len(operation.steps)} steps"
        return propose(EndOperation(succeeded=True, message=message), PROGRESS[operation.kind], message)
    ready = [At(facts, operation, i) for i in ready_steps(operation, facts.spec.damping.max_concurrent_moves)]
    rulings = {at: _given_up(at, STEPS[at.step.name](at)) for at in ready}
    failed = next((ruling for ruling in rulings.values() if isinstance(ruling.action, EndOperation)), None)
    if failed is None:
        return _first_to_act(list(rulings.values()), facts.now)
    begun = [ruling for at, ruling in rulings.items() if at.is_moving and not isinstance(ruling.action, EndOperation)]
    return _first_to_act(begun, facts.now) if begun else failed


def _first_to_act(rulings: list[Ruling], now: float) -> Ruling:
    """Warming goes on in the background and is asked after again and again: it comes after what is done at once, and
    the nodes that are warmed take turns."""
    proposed = [ruling for ruling in rulings if ruling.outcome is Outcome.PROPOSE]
    at_once = [ruling for ruling in proposed if not isinstance(ruling.action, WarmNode)]
    if at_once or not proposed:
        return (at_once or rulings)[0]
    return proposed[int(now) % len(proposed)]


def _given_up(at: At, ruling: Ruling) -> Ruling:
    """A step that has not begun, and cannot, must not hold the lock for ever. Those that have begun have limits of
    their own."""
    if ruling.outcome is not Outcome.HOLD or at.journalled or at.waiting_seconds <= TURN_SECONDS:
        return ruling
    return fail(at, ruling.reason, f"not begun within {at.waiting_seconds:.0f} s: {ruling.message}")
