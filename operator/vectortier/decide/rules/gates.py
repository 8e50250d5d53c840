"""May what was decided be done? Asked last, so that what would be done is still told.

What has been begun stays where it is while a gate is closed, and is not given up for the time that passes; only the
notes about it go on, because a movement that Weaviate has finished must not be left in its list.
"""

from collections.abc import Callable

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import Mode
from vectortier.decide.facts.look import Look
from vectortier.decide.facts.versions import FIRST_SAFE, oldest_version, parse_version
from vectortier.decide.rules.approval import approved
from vectortier.decide.rules.maintenance import in_a_window
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.journal import RESTARTS, Operation, OperationKind, StepName
from vectortier.model.observation import Identity
from vectortier.model.plan import (
    Action,
    AdoptCopy,
    BeginOperation,
    CompleteStep,
    DeleteMovement,
    EndOperation,
    JournalStep,
    RemoveFromRaft,
    RestartNode,
    SetNodes,
    WarmNode,
)
from vectortier.model.value import Unknown

PAUSE_ANNOTATION = "vectortier.dev/pause"
PAUSE_SCALE_IN_ANNOTATION = "vectortier.dev/pause-scale-in"
NOTES = (AdoptCopy, CompleteStep, DeleteMovement, EndOperation)
"""Actions that only record, or tidy up after, what has happened already."""


def _is_note(action: Action) -> bool:
    """Whether it may be done behind a closed gate: a note, and not one of patience that has run out. To let a node
    serve again that was to go is none either, and takes nothing away."""
    if isinstance(action, EndOperation):
        return action.succeeded or action.reversed
    return isinstance(action, NOTES) and not (isinstance(action, CompleteStep) and action.late)


def _finishes_a_restart(look: Look, action: Action) -> bool:
    """Whether it lets a node serve again that was restarted: that is not put off, for whatever reason."""
    operation = _operation(look, action)
    if operation is None or operation.kind not in RESTARTS or not isinstance(action, JournalStep | WarmNode):
        return False
    return operation.steps[action.index].name in (StepName.AWAIT_NODE, StepName.WARM, StepName.SERVE)


def not_paused(look: Look, action: Action) -> Ruling | None:
    """A pause also keeps the operator from restarting nodes: somebody wants to look."""
    if not is_set(look.observed.tier, PAUSE_ANNOTATION) or _is_note(action) or _finishes_a_restart(look, action):
        return None
    return hold(Reason.PAUSED, f"the annotation {PAUSE_ANNOTATION} is set")


def scale_in_not_paused(look: Look, action: Action) -> Ruling | None:
    """Keeps what there is: no node and no copy is taken away, and a scale-in under way stays where it is."""
    if not is_set(look.observed.tier, PAUSE_SCALE_IN_ANNOTATION) or not _shrinks(look, action) or _is_note(action):
        return None
    return hold(Reason.PAUSED, f"the annotation {PAUSE_SCALE_IN_ANNOTATION} is set")


def is_set(tier: Identity, annotation: str) -> bool:
    """Whether somebody has set the annotation, to whatever but false."""
    return tier.annotations.get(annotation, "false").lower() != "false"


def _operation(look: Look, action: Action) -> Operation | None:
    """Which operation the action begins or is part of."""
    if isinstance(action, BeginOperation):
        return action.operation
    journal = look.observed.journal
    return None if isinstance(journal, Unknown) else journal.operation


def _shrinks(look: Look, action: Action) -> bool:
    operation = _operation(look, action)
    if operation is not None and operation.kind is OperationKind.SPREAD:
        # What has been begun has to end: nothing else could be done while it waits.
        return isinstance(action, BeginOperation)
    if operation is None or operation.kind not in (OperationKind.SCALE_IN, OperationKind.PURGE):
        return False
    # A node that is gone already is not kept by leaving raft to wait for it; and one may always come back.
    forgets = isinstance(action, JournalStep) and operation.steps[action.index].name is StepName.REMOVE_FROM_RAFT
    return not (forgets or isinstance(action, RemoveFromRaft | SetNodes | RestartNode))


def mode_acts(look: Look, action: Action) -> Ruling | None:
    """Observe serves the tier, which includes restarting a node that was cut off, and never scales or moves."""
    mends = isinstance(action, RestartNode) and _operation(look, action) is None
    if look.spec.mode is Mode.AUTO or mends or _is_note(action) or _finishes_a_restart(look, action):
        return None
    return hold(Reason.OBSERVE_MODE, "mode is Observe")


def version_moves(look: Look, action: Action) -> Ruling | None:
    """Older versions of Weaviate are served, observed and replaced by newer ones; no data is moved with them."""
    version = oldest_version(look.spec, look.observed.database)
    if parse_version(version) >= FIRST_SAFE or isinstance(action, RestartNode) or _is_note(action):
        return None
    operation = _operation(look, action)
    if operation is not None and operation.kind in (*RESTARTS, OperationKind.RESIZE_VOLUMES):
        return None
    first = ".".join(str(n) for n in FIRST_SAFE)
    return hold(Reason.VERSION_NOT_SUPPORTED, f"Weaviate {version} is older than {first}")


def carried_out_here(look: Look, action: Action) -> Ruling | None:
    """What this tier's operator cannot do is not begun."""
    if not isinstance(action, BeginOperation) or action.operation.kind in look.observed.carries_out:
        return None
    return hold(Reason.NOT_CARRIED_OUT, f"{action.operation.kind} is decided, and not carried out by this version")


GATES: tuple[Callable[[Look, Action], Ruling | None], ...] = (
    not_paused,
    scale_in_not_paused,
    mode_acts,
    version_moves,
    carried_out_here,
    in_a_window,
    approved,
)
