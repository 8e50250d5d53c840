"""An operation that somebody cancels, or that turns out to be a mistake, ends where nothing is lost by it.

A scale-in is reversed as long as nothing of the next node is gone: a node that was drained holds everything still and
serves again at the next look. What went with earlier nodes stays gone, and is ordered anew if it is needed. A scale-out
that is cancelled, or backed out of because its copies hurt searches, keeps what it has made; what is being copied is
cancelled in Weaviate, which clears it away. Moving shards about is ended between two of them.
"""

from dataclasses import replace

from vectortier.api.reasons import Reason
from vectortier.decide.ending import tidied_up
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.moves import is_between_moves, is_move
from vectortier.decide.facts.overload import overload
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At, give_back
from vectortier.decide.yielding import hurts_too_much
from vectortier.model.journal import Operation, OperationKind, StepName, StepState

CANCEL_ANNOTATION = "vectortier.dev/cancel"
_MOVES = {StepName.COPY, StepName.WARM, StepName.DROP_COPY, StepName.RESTORE_TENANT}
_TAKES = {StepName.LOWER_FACTOR, StepName.DROP_COPY, StepName.REMOVE_NODE}


def ended_early(facts: Facts, operation: Operation) -> Ruling | None:
    """End the operation when somebody has cancelled it, when what it is about to take away is needed, or when its
    copies hurt searches and nobody waits for them."""
    index = operation.current
    if index is None or not _can_return(operation, index):
        return None
    at = At(facts, operation, index)
    if _is_cancelled(facts, operation):
        ruling = give_back(at, Reason.CANCELLED, f"the annotation {CANCEL_ANNOTATION} names it")
        return tidied_up(facts, operation, ruling, cancel=True)
    why, reason = _why_needed(facts, operation) if _may_be_needed(operation, index) else None, Reason.NEEDED_AFTER_ALL
    if why is None:
        why, reason = hurts_too_much(facts, operation), Reason.BACKED_OUT
    return None if why is None else tidied_up(facts, operation, give_back(at, reason, why), cancel=True)


def too_late(facts: Facts, operation: Operation, ruling: Ruling) -> Ruling:
    """The ruling of an operation that goes on, with a word about a cancellation that cannot be followed yet."""
    if not _is_cancelled(facts, operation):
        return ruling
    index = operation.current
    moves = index is not None and is_move(operation, operation.steps[index])
    end = "this shard is moved" if moves else "this node is gone"
    return replace(ruling, message=f"{ruling.message}; it is cancelled, and ends when {end}")


def _is_cancelled(facts: Facts, operation: Operation) -> bool:
    return facts.tier.annotations.get(CANCEL_ANNOTATION) == operation.id


def _can_return(operation: Operation, index: int) -> bool:
    """Whether the node that the operation is at has everything yet, and every collection promises what it has. While
    the StatefulSet may be gone, how many nodes there are is known from the operation alone."""
    step = operation.steps[index]
    if step.name is StepName.REMOVE_FROM_RAFT:
        return False
    if step.name is StepName.RECREATE_STATEFUL_SET:
        return step.state is StepState.PENDING
    if step.name in _MOVES and is_move(operation, step):
        # What is moved is whole at any time; a copy that was made is not left behind.
        return step.name is StepName.COPY
    if step.name not in _TAKES:
        return True
    before = (s for s in operation.steps[:index] if s.target == step.target and not is_move(operation, s))
    return step.state is StepState.PENDING and not any(s.name in _TAKES for s in before)


def _may_be_needed(operation: Operation, index: int) -> bool:
    """Whether what the step takes is given back when it is needed. With another image nothing else could be done
    before all nodes run it, so an upgrade goes on."""
    if operation.kind is OperationKind.RESTART:
        step = operation.steps[index]
        return step.name is StepName.DRAIN and step.state is not StepState.PENDING
    if operation.kind is OperationKind.SPREAD:
        return is_between_moves(operation, index)
    return operation.kind is OperationKind.SCALE_IN


def _why_needed(facts: Facts, operation: Operation) -> str | None:
    """Why something more urgent is to be done."""
    if operation.kind is OperationKind.SPREAD and (missing := shortfall(facts)) is not None:
        return missing
    if facts.verdict.missed_now:
        return facts.verdict.message
    overloaded = overload(facts)
    if overloaded is not None:
        return overloaded
    size = facts.sizing
    if size is None or operation.copies == 0:
        return None
    need = max(size.now, size.ahead)
    if need <= operation.copies:
        return None
    text = f"{size.now:.2f} copies are needed now and {size.ahead:.2f} when another one could serve"
    return f"{text}, {operation.copies} would be left"
