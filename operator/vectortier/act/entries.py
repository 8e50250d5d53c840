"""What each action writes to the journal. Pure."""

from collections.abc import Callable
from typing import Any

from vectortier.model.journal import Cost, Journal, Operation, Result, Step, StepState
from vectortier.model.plan import (
    AdoptCopy,
    BeginOperation,
    CompleteStep,
    DeleteMovement,
    EndOperation,
    ExpandVolume,
    ExtendOperation,
    JournalStep,
    StartCopy,
)

Note = ExtendOperation | JournalStep | AdoptCopy | CompleteStep | EndOperation
"""Actions that only write to the journal."""

_HISTORY = 20
_HISTORY_BYTES = 300_000
"""A ConfigMap holds 1 MiB; the operation that is under way needs its part of it."""


def noted(journal: Journal, action: Note, now: float) -> Journal:
    """The journal after an action that does nothing else. `now` is Unix seconds."""
    match action:
        case ExtendOperation():
            return extended(journal, action)
        case JournalStep():
            return step_journalled(journal, action, now)
        case AdoptCopy():
            return copy_started(journal, action, action.weaviate_operation_id)
        case CompleteStep():
            return step_done(journal, action.index, action.actual, now)
        case EndOperation():
            return ended(journal, action, now)


def begun(journal: Journal, action: BeginOperation, epoch: int) -> Journal:
    """The operation is the journal's, under the epoch of the leader that holds the lock."""
    return journal.model_copy(update={"operation": action.operation.model_copy(update={"epoch": epoch})})


def extended(journal: Journal, action: ExtendOperation) -> Journal:
    """The operation has more steps, under the epoch that it was begun under."""
    epoch = _operation(journal).epoch
    return journal.model_copy(update={"operation": action.operation.model_copy(update={"epoch": epoch})})


def step_journalled(journal: Journal, action: JournalStep, now: float) -> Journal:
    """The step is about to be taken."""
    return _changed(
        journal,
        action.index,
        lambda step: {
            "state": StepState.JOURNALLED,
            "started_at": now,
            "expected_objects": action.expected_objects,
            "predicted": action.predicted,
            "late_before": action.late_before,
            "tenant_status": action.tenant_status,
        },
    )


def copy_started(journal: Journal, action: StartCopy | AdoptCopy, movement: str) -> Journal:
    """Weaviate has taken a copy on, under this id."""
    return _changed(
        journal, action.index, lambda step: {"weaviate_operation_id": movement, "attempts": step.attempts + 1}
    )


def copy_asked_for(journal: Journal, action: StartCopy, now: float) -> Journal:
    """Weaviate was asked for a copy and has not answered; whether it took it on shows later."""
    return _changed(journal, action.index, lambda step: {"asked_at": now, "attempts": step.attempts + 1})


def expansion_refused(journal: Journal, action: ExpandVolume, refusal: str) -> Journal:
    """The API server does not let the claim become larger; what to do about it is decided at the next look."""
    return _changed(journal, action.index, lambda step: {"refusal": refusal})


def movement_deleted(journal: Journal, action: DeleteMovement) -> Journal:
    """The movement is gone from Weaviate's list; whether the step is done shows from the placement."""
    return _changed(journal, action.index, lambda step: {"weaviate_operation_id": None, "state": StepState.PENDING})


def step_done(journal: Journal, index: int, actual: Cost, now: float) -> Journal:
    """The step's result was read back. Its time is filled in where nobody measured it."""

    def finish(step: Step) -> dict[str, Any]:
        started = now if step.started_at is None else step.started_at
        seconds = now - started if actual.seconds is None else actual.seconds
        return {
            "state": StepState.DONE,
            "started_at": started,
            "finished_at": now,
            "actual": actual.model_copy(update={"seconds": seconds}),
        }

    return _changed(journal, index, finish)


def ended(journal: Journal, action: EndOperation, now: float) -> Journal:
    """The operation moves to the end of the history."""
    operation = _operation(journal)
    failed = Result.REVERSED if action.reversed else Result.FAILED
    result = Result.SUCCEEDED if action.succeeded else failed
    past = operation.model_copy(update={"finished_at": now, "result": result, "message": action.message})
    return journal.model_copy(update={"operation": None, "history": _latest((*journal.history, past))})


def _latest(history: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """The latest operations that fit. The very last stays in any case: the cool-down counts from it."""
    kept: list[Operation] = []
    size = 0
    for operation in reversed(history[-_HISTORY:]):
        size += len(operation.model_dump_json(exclude_none=True))
        if kept and size > _HISTORY_BYTES:
            break
        kept.insert(0, operation)
    return tuple(kept)


def _changed(journal: Journal, index: int, change: Callable[[Step], dict[str, Any]]) -> Journal:
    operation = _operation(journal)
    steps = list(operation.steps)
    steps[index] = steps[index].model_copy(update=change(steps[index]))
    return journal.model_copy(update={"operation": operation.model_copy(update={"steps": tuple(steps)})})


def _operation(journal: Journal) -> Operation:
    if journal.operation is None:
        raise ValueError("the journal has no operation that this action could belong to")
    return journal.operation
