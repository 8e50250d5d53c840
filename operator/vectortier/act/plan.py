"""Carrying out a plan: at most one effect outside, then one write of the journal."""

from vectortier.act import entries
from vectortier.act.effects import Tools, WaitingError, effect
from vectortier.act.epoch import raise_epoch
from vectortier.act.journal import write_journal
from vectortier.act.lock import LockHeldError, release_lock
from vectortier.api.reasons import Reason
from vectortier.clients.errors import ClientError, Unreachable
from vectortier.clients.kubernetes_errors import ConflictError, KubernetesError
from vectortier.model.journal import Journal
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import Action, EndOperation, Plan, StartCopy
from vectortier.model.value import Unknown
from vectortier.observe.tier import TierView


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
    except (WaitingError, LockHeldError, KubernetesError, ClientError) as error:
        return _not_yet(name, _why_not(error), str(error), 0)
    return ActionOutcome(action=name, writes=writes)


def _why_not(error: Exception) -> Reason:
    """A conflict is no refusal: the object has changed since it was looked at, and is looked at again."""
    if isinstance(error, LockHeldError):
        return Reason.LOCK_HELD
    return Reason.SCALING_OUT if isinstance(error, WaitingError | ConflictError) else Reason.STEP_REFUSED


def _not_yet(name: str | None, reason: Reason, message: str, writes: int) -> ActionOutcome:
    return ActionOutcome(action=name, done=False, reason=reason, message=message, writes=writes)


def _carry_out(action: Action | None, view: TierView, seen: Journal, target: Journal, tools: Tools) -> int:
    """Do the action and write the journal. The serving set is written even if the action fails, and so is that Weaviate
    was asked for a copy without an answer: it may begin it yet."""
    writes, after = 0, target
    try:
        if action is not None:
            after, writes = effect(action, view, target, tools)
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
