"""How long it takes until another copy serves, from the scale-outs that the tier has made."""

from itertools import islice
from statistics import median

from vectortier.decide.facts.look import Facts
from vectortier.model.journal import Operation, OperationKind, Result, StepName

ASSUMED_SECONDS = 180.0
"""Until one has been made."""
_LATEST = 5


def movement_seconds(facts: Facts) -> float:
    """The median of the last five, from the decision until the last copy served."""
    made = tuple(islice((o for o in reversed(facts.journal.history) if _made_copies(o)), _LATEST))
    return median(_seconds(o) for o in made) if made else ASSUMED_SECONDS


def last_begun(facts: Facts, kind: OperationKind) -> float | None:
    """When the last operation of the kind that succeeded was begun, in Unix seconds; None: never."""
    begun = [o.started_at for o in facts.journal.history if o.kind is kind and o.result is Result.SUCCEEDED]
    return max(begun, default=None)


def last_ended(facts: Facts, kind: OperationKind) -> float | None:
    """When the last operation of the kind that succeeded ended, in Unix seconds; None: never."""
    ended = [o.finished_at for o in facts.journal.history if o.kind is kind and o.result is Result.SUCCEEDED]
    return max((time for time in ended if time is not None), default=None)


def _made_copies(operation: Operation) -> bool:
    copied = any(step.name is StepName.COPY for step in operation.steps)
    return copied and operation.result is Result.SUCCEEDED and operation.finished_at is not None


def _seconds(operation: Operation) -> float:
    return (operation.finished_at or operation.started_at) - operation.started_at
