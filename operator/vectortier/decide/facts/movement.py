"""How long it takes until another copy serves, from the scale-outs that the tier has made."""

from itertools import islice
from statistics import median

from vectortier.model.journal import Journal, Operation, OperationKind, Result, StepName

ASSUMED_SECONDS = 180.0
"""Until one has been made."""
_LATEST = 5


def movement_seconds(journal: Journal) -> float:
    """The median of the last five, from the decision until the first of the new copies served: those after it may have
    waited until they could be spared what making them takes."""
    made = tuple(islice((o for o in reversed(journal.history) if _made_copies(o)), _LATEST))
    return median(_seconds(o) for o in made) if made else ASSUMED_SECONDS


def last_changed(journal: Journal, kind: OperationKind) -> float | None:
    """When an operation of the kind last changed the number of nodes, or one that succeeded was begun, in Unix seconds;
    None: never."""
    done = [o for o in journal.history if o.kind is kind]
    return max((time for operation in done for time in _changes(operation)), default=None)


def last_ended(journal: Journal, kind: OperationKind) -> float | None:
    """When the last operation of the kind that succeeded ended, in Unix seconds; None: never."""
    ended = [o.finished_at for o in journal.history if o.kind is kind and o.result is Result.SUCCEEDED]
    return max((time for time in ended if time is not None), default=None)


def _made_copies(operation: Operation) -> bool:
    copied = any(step.name is StepName.COPY for step in operation.steps)
    grew = operation.kind is OperationKind.SCALE_OUT
    return grew and copied and operation.result is Result.SUCCEEDED and operation.finished_at is not None


def _changes(operation: Operation) -> tuple[float, ...]:
    resized = (s.finished_at for s in operation.steps if s.name in (StepName.ADD_NODE, StepName.REMOVE_NODE))
    began = (operation.started_at,) if operation.result is Result.SUCCEEDED else ()
    return (*began, *(time for time in resized if time is not None))


def _seconds(operation: Operation) -> float:
    """Of those copies that were ordered at the same time; where some were added later, the longest."""
    ordered = {step.added_at for step in operation.steps if step.name is StepName.COPY}
    return max(_first_served(operation, added_at) for added_at in ordered)


def _first_served(operation: Operation, added_at: float | None) -> float:
    """The whole operation where no step lets a node serve: its copies went to nodes that did so already."""
    began = operation.started_at if added_at is None else added_at
    served = (s.finished_at for s in operation.steps if s.name is StepName.SERVE and s.added_at == added_at)
    return min((time for time in served if time is not None), default=operation.finished_at or began) - began
