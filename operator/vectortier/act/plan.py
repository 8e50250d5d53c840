"""Carrying out a plan: at most one effect outside, then one write of the journal."""

from collections.abc import Callable
from dataclasses import dataclass

from vectortier.act import entries
from vectortier.act.background import Background
from vectortier.act.epoch import raise_epoch
from vectortier.act.factor import raise_factor
from vectortier.act.journal import write_journal
from vectortier.act.lock import LockHeldError, release_lock, take_lock
from vectortier.act.movement import delete_movement, start_copy
from vectortier.act.nodes import restart_node, set_nodes
from vectortier.act.ownership import Term
from vectortier.act.warm import Warmth
from vectortier.api.reasons import Reason
from vectortier.clients.errors import ClientError, Unreachable
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import ConflictError, KubernetesError
from vectortier.clients.weaviate import Weaviate
from vectortier.model.journal import Cost, Journal
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import (
    Action,
    BeginOperation,
    DeleteMovement,
    EndOperation,
    Plan,
    RaiseFactor,
    RestartNode,
    SetNodes,
    StartCopy,
    WarmNode,
)
from vectortier.model.value import Unknown
from vectortier.observe.tier import TierView


@dataclass(frozen=True)
class Tools:
    """What acting on one tier needs. `weaviate` makes a client, `wake` has the tier looked at again."""

    kubernetes: Kubernetes
    weaviate: Callable[[], Weaviate]
    warm: Callable[[Weaviate, WarmNode], Warmth]
    background: Background
    wake: Callable[[], None]
    term: Term
    now: float


class _WaitingError(Exception):
    """The action goes on in the background; there is nothing to write yet."""


def act(plan: Plan, view: TierView, journal: Journal | Unknown, tools: Tools) -> ActionOutcome:
    """Do what the plan says, and put the serving set that goes with it into the journal. Never raises for what
    Kubernetes or Weaviate do: the next look sees how far it came."""
    name = plan.action.type if plan.action else None
    if isinstance(journal, Unknown):
        return ActionOutcome(action=name, done=name is None, reason=journal.reason, message=journal.message)
    target = journal if plan.serving is None else journal.model_copy(update={"serving": plan.serving})
    leftover = journal.operation is None and plan.action is None
    try:
        if (plan.action or target != journal) and (marked := raise_epoch(tools.kubernetes, view, tools.term)):
            return _not_yet(name, Reason.EPOCH_RAISED, "the objects were marked with this leader's term", marked)
        writes = _carry_out(plan.action, view, journal, target, tools)
        writes += 1 if leftover and release_lock(tools.kubernetes, view, tools.term) else 0
    except (_WaitingError, LockHeldError, KubernetesError, ClientError) as error:
        return _not_yet(name, _why_not(error), str(error), 0)
    return ActionOutcome(action=name, writes=writes)


def _why_not(error: Exception) -> Reason:
    """A conflict is no refusal: the object has changed since it was looked at, and is looked at again."""
    if isinstance(error, LockHeldError):
        return Reason.LOCK_HELD
    return Reason.SCALING_OUT if isinstance(error, _WaitingError | ConflictError) else Reason.STEP_REFUSED


def _not_yet(name: str | None, reason: Reason, message: str, writes: int) -> ActionOutcome:
    return ActionOutcome(action=name, done=False, reason=reason, message=message, writes=writes)


def _carry_out(action: Action | None, view: TierView, seen: Journal, target: Journal, tools: Tools) -> int:
    """Do the action and write the journal. The serving set is written even if the action fails, and so is that Weaviate
    was asked for a copy without an answer: it may begin it yet."""
    writes, after = 0, target
    try:
        if action is not None:
            after, writes = _effect(action, view, target, tools)
    except Unreachable:
        if isinstance(action, StartCopy):
            after = entries.copy_asked_for(target, action, tools.now)
        raise
    finally:
        if after != seen:
            write_journal(tools.kubernetes, view, after, tools.term)
    if isinstance(action, EndOperation):
        writes += release_lock(tools.kubernetes, view, tools.term)
    return writes + (after != seen)


def _effect(action: Action, view: TierView, journal: Journal, tools: Tools) -> tuple[Journal, int]:
    """The journal after the action's effect outside, and how many writes to Kubernetes that effect took."""
    match action:
        case BeginOperation():
            taken = take_lock(tools.kubernetes, view, action.operation, tools.term, tools.now)
            return entries.begun(journal, action, tools.term.epoch), int(taken)
        case SetNodes():
            return journal, int(set_nodes(tools.kubernetes, view, action))
        case RestartNode():
            restart_node(tools.kubernetes, view, action)
            return journal, 1
        case StartCopy() | DeleteMovement() | RaiseFactor() | WarmNode():
            return _effect_on_weaviate(action, view, journal, tools), 0
        case _:
            return entries.noted(journal, action, tools.now), 0


def _effect_on_weaviate(
    action: StartCopy | DeleteMovement | RaiseFactor | WarmNode, view: TierView, journal: Journal, tools: Tools
) -> Journal:
    if isinstance(action, WarmNode):
        return _warm(action, view, journal, tools)
    client = tools.weaviate()
    try:
        match action:
            case StartCopy():
                return entries.copy_started(journal, action, start_copy(client, action))
            case DeleteMovement():
                delete_movement(client, action)
                return entries.movement_deleted(journal, action)
            case RaiseFactor():
                raise_factor(client, action)
                return journal
    finally:
        client.close()


def _warm(action: WarmNode, view: TierView, journal: Journal, tools: Tools) -> Journal:
    """The journal with the first node that has become warm; the others' results are kept for the next looks."""
    for each in (action, *action.beside):
        warmth = _poll(each, view, journal, tools)
        if warmth is not None:
            cost = Cost(seconds=warmth.seconds, p99_milliseconds=warmth.p99_milliseconds)
            return entries.step_done(journal, each.index, cost, tools.now)
    nodes = ", ".join(each.node for each in (action, *action.beside))
    raise _WaitingError(f"searches are sent to {nodes} until {'they are' if action.beside else 'it is'} warm")


def _poll(action: WarmNode, view: TierView, journal: Journal, tools: Tools) -> Warmth | None:
    operation = journal.operation.id if journal.operation else ""

    def job() -> Warmth:
        client = tools.weaviate()
        try:
            return tools.warm(client, action)
        finally:
            client.close()

    return tools.background.poll((view.identity.uid, operation, action.index), job, tools.wake)
