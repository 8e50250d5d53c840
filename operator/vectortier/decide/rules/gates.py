"""May what was decided be done? Asked last, so that what would be done is still told.

What has been begun stays where it is while a gate is closed, and is not given up for the time that passes; only the
notes about it go on, because a movement that Weaviate has finished must not be left in its list.
"""

from collections.abc import Callable

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import Mode
from vectortier.decide.facts.look import Look
from vectortier.decide.facts.versions import FIRST_SAFE, oldest_version, parse_version
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.plan import (
    Action,
    AdoptCopy,
    BeginOperation,
    CompleteStep,
    DeleteMovement,
    EndOperation,
    RestartNode,
)

PAUSE_ANNOTATION = "vectortier.dev/pause"
NOTES = (AdoptCopy, CompleteStep, DeleteMovement, EndOperation)
"""Actions that only record, or tidy up after, what has happened already."""


def _is_note(action: Action) -> bool:
    """Whether it may be done behind a closed gate: a note, and not one of patience that has run out."""
    if isinstance(action, EndOperation):
        return action.succeeded
    return isinstance(action, NOTES) and not (isinstance(action, CompleteStep) and action.late)


def not_paused(look: Look, action: Action) -> Ruling | None:
    """A pause also keeps the operator from restarting nodes: somebody wants to look."""
    value = look.observed.tier.annotations.get(PAUSE_ANNOTATION, "false")
    if value.lower() == "false" or _is_note(action):
        return None
    return hold(Reason.PAUSED, f"the annotation {PAUSE_ANNOTATION} is set")


def mode_acts(look: Look, action: Action) -> Ruling | None:
    """Observe serves the tier, which includes restarting a node that was cut off, and never scales or moves."""
    if look.spec.mode is Mode.AUTO or isinstance(action, RestartNode) or _is_note(action):
        return None
    return hold(Reason.OBSERVE_MODE, "mode is Observe")


def version_moves(look: Look, action: Action) -> Ruling | None:
    """Older versions of Weaviate are served and observed only."""
    version = oldest_version(look.spec, look.observed.database)
    if parse_version(version) >= FIRST_SAFE or isinstance(action, RestartNode) or _is_note(action):
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
    mode_acts,
    version_moves,
    carried_out_here,
)
