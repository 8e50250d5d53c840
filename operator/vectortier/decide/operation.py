"""The operation that is under way: one step further, by what is observed and not by what is remembered."""

from collections.abc import Callable

from vectortier.api.reasons import Reason
from vectortier.decide.ending import tidied_up
from vectortier.decide.extension import extended
from vectortier.decide.facts.lanes import may_run
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.pace import most_at_once
from vectortier.decide.reversal import ended_early, too_late
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.add_node import add_node
from vectortier.decide.steps.at import At, fail, under_way
from vectortier.decide.steps.await_node import await_node
from vectortier.decide.steps.copy import copy
from vectortier.decide.steps.drain import drain
from vectortier.decide.steps.drop_copy import drop_copy
from vectortier.decide.steps.expand_volume import expand_volume
from vectortier.decide.steps.lower_factor import lower_factor
from vectortier.decide.steps.purge_volume import purge_volume
from vectortier.decide.steps.raise_factor import raise_factor
from vectortier.decide.steps.recreate_stateful_set import recreate_stateful_set
from vectortier.decide.steps.remove_from_raft import remove_from_raft
from vectortier.decide.steps.remove_node import remove_node
from vectortier.decide.steps.restart_node import restart_node
from vectortier.decide.steps.restore_tenant import restore_tenant
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
    StepName.DRAIN: drain,
    StepName.LOWER_FACTOR: lower_factor,
    StepName.DROP_COPY: drop_copy,
    StepName.RESTORE_TENANT: restore_tenant,
    StepName.REMOVE_NODE: remove_node,
    StepName.REMOVE_FROM_RAFT: remove_from_raft,
    StepName.PURGE_VOLUME: purge_volume,
    StepName.EXPAND_VOLUME: expand_volume,
    StepName.RECREATE_STATEFUL_SET: recreate_stateful_set,
    StepName.RESTART_NODE: restart_node,
}


def operation_in_flight(facts: Facts) -> Ruling | None:
    """While an operation is under way nothing else is begun."""
    operation = facts.journal.operation
    if operation is None:
        return None
    if operation.current is None:
        message = f"{operation.kind} {operation.id} is done: {len(operation.steps)} steps"
        return propose(EndOperation(succeeded=True, message=message), under_way(operation.kind), message)
    early = ended_early(facts, operation)
    if early is not None:
        return early
    places = [At(facts, operation, i) for i in may_run(operation, most_at_once(facts))]
    rulings = [_given_up(at, STEPS[at.step.name](at)) for at in places]
    failed = next((r for r in rulings if isinstance(r.action, EndOperation)), None)
    if failed is not None:
        return tidied_up(facts, operation, failed)
    ruling = too_late(facts, operation, _one_of(rulings))
    return ruling if _is_at_work(ruling) else extended(facts, operation, ruling)


def _is_at_work(ruling: Ruling) -> bool:
    """Whether a step has something to do that does not go on by itself."""
    return ruling.action is not None and not isinstance(ruling.action, WarmNode)


def _one_of(rulings: list[Ruling]) -> Ruling:
    """The first that proposes something. Nodes are warmed while nothing else is to be done, because that goes on by
    itself and is proposed until it has ended; all of them at the same time. Of those that wait, one that gives way to
    searches is told before one that goes on by itself."""
    warming = [r for r in rulings if isinstance(r.action, WarmNode)]
    other = next((r for r in rulings if r.action is not None and not isinstance(r.action, WarmNode)), None)
    held = next((r for r in rulings if r.reason == Reason.WAITING_FOR_SEARCHES), rulings[0])
    return other or _together(warming) or held


def _together(warming: list[Ruling]) -> Ruling | None:
    actions = [r.action for r in warming if isinstance(r.action, WarmNode)]
    if not actions:
        return None
    message = "; ".join(r.message for r in warming)
    return propose(actions[0].model_copy(update={"beside": tuple(actions[1:])}), warming[0].reason, message)


def _given_up(at: At, ruling: Ruling) -> Ruling:
    """A step that has not begun, and cannot, must not hold the lock for ever. Those that have begun have limits of
    their own. But until raft has forgotten a node that is gone, nothing else could be done either."""
    if ruling.outcome is not Outcome.HOLD or at.journalled or at.waiting_seconds <= TURN_SECONDS:
        return ruling
    # Who gives way to searches goes on by itself, at the latest when no other copy is made.
    if at.step.name is StepName.REMOVE_FROM_RAFT or ruling.reason == Reason.WAITING_FOR_SEARCHES:
        return ruling
    return fail(at, ruling.reason, f"not begun within {at.waiting_seconds:.0f} s: {ruling.message}")
