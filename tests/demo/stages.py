"""Where a run is: in words for the person who watches, and for how long each part is waited for. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tests.demo.phases import AFTER_DELAY_SECONDS, AFTER_SECONDS, Moments
from tests.demo.ramp import Ramp
from tests.demo.story import SCALE_IN

ACT_WITHIN_SECONDS = 300.0
FINISH_WITHIN_SECONDS = 900.0
SHRINK_WITHIN_SECONDS = 1800.0
"""From the fall of the load until a scale-in has ended. The operator undoes no change within ten minutes, and takes
nothing away that it may need before it could bring it back."""
MEASURE_WITHIN_SECONDS = AFTER_DELAY_SECONDS + AFTER_SECONDS + 60.0
"""How much longer, once nodes are gone. What is beyond the phase itself is for looks that fail."""
FALLING_SECONDS = 15.0
"""For so long the recent figures are those of two loads."""
LOOK_AT = "`kubectl -n demo describe vt demo` says why"


@dataclass(frozen=True, slots=True)
class Where:
    """All that the words depend on. `operation`: the kind of what the operator has under way; `stalled`: a break of the
    promise turned out to be a stall."""

    now: float
    ramp: Ramp
    moments: Moments
    operation: str | None
    stalled: bool = False


def stage(where: Where) -> str:
    """What is going on, in a few words."""
    moments = where.moments
    if moments.load_fell is not None:
        return _shrinking(where, moments.load_fell)
    if not where.ramp.held:
        return "raising the load again: the break was a stall" if where.stalled else "raising the load"
    if moments.first_action is None:
        return "broken: waiting for the operator"
    if moments.last_copy_serves is None or where.operation is not None:
        return "the operator acts"
    return "measuring afterwards"


def _shrinking(where: Where, fell: float) -> str:
    if where.operation is not None:
        return "the operator takes nodes away" if where.operation == SCALE_IN else "the operator acts"
    if where.moments.scaled_in is not None:
        return "measuring with fewer nodes"
    if where.now - fell < FALLING_SECONDS:
        return "the load falls"
    return "waiting for the operator to take nodes away"


def complaint(where: Where) -> str | None:
    """Why there is no point in waiting any longer, and what to do; None while there is."""
    if where.ramp.exhausted:
        return (
            f"One copy kept its promise up to {where.ramp.rate:.0f} searches per second, and the load goes no higher: "
            "is the CPU limit of the Weaviate pods enforced?"
        )
    moments = where.moments
    if moments.load_fell is not None:
        return _not_shrunk(where, moments.load_fell)
    held = where.now - moments.plateau if moments.plateau is not None else 0.0
    if moments.first_action is None and held > ACT_WITHIN_SECONDS:
        return f"The operator did not act within {ACT_WITHIN_SECONDS:.0f} s; {LOOK_AT}."
    if held > FINISH_WITHIN_SECONDS:
        return f"The operator did not finish within {FINISH_WITHIN_SECONDS:.0f} s; {LOOK_AT}."
    return None


def _not_shrunk(where: Where, fell: float) -> str | None:
    waited = where.now - fell
    if where.moments.scaled_in is None and waited > SHRINK_WITHIN_SECONDS:
        return f"The operator took no node away within {SHRINK_WITHIN_SECONDS:.0f} s after the load fell; {LOOK_AT}."
    if waited > SHRINK_WITHIN_SECONDS + MEASURE_WITHIN_SECONDS:
        return f"The tier did not come to rest within {waited:.0f} s after the load fell; {LOOK_AT}."
    return None
