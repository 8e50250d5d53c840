"""A scale-in that turns out to be a mistake is reversed, as long as nothing of the next node is gone.

A node that was drained holds everything still: it serves again at the next look. What went with earlier nodes stays
gone, and is ordered anew if it is needed.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.overload import overload
from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At, give_back
from vectortier.model.journal import Operation, OperationKind, StepName, StepState

_TAKES = {StepName.LOWER_FACTOR, StepName.DROP_COPY, StepName.REMOVE_NODE}


def needed_after_all(facts: Facts, operation: Operation) -> Ruling | None:
    """End the operation when what it is about to take away is needed."""
    index = operation.current
    if operation.kind is not OperationKind.SCALE_IN or index is None or not _can_return(operation, index):
        return None
    why = _why(facts, operation)
    return None if why is None else give_back(At(facts, operation, index), Reason.NEEDED_AFTER_ALL, why)


def _can_return(operation: Operation, index: int) -> bool:
    """Whether the node that the operation is at has everything yet, and every collection promises what it has."""
    step = operation.steps[index]
    if step.name is StepName.DRAIN:
        return True
    taken = any(s.name in _TAKES and s.target == step.target for s in operation.steps[:index])
    return step.name in _TAKES and step.state is StepState.PENDING and not taken


def _why(facts: Facts, operation: Operation) -> str | None:
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
