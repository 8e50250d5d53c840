"""Has the last operation had time to show its effect? And a failed one is not simply tried again."""

from datetime import UTC, datetime

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.journal import RESTARTS, Operation, OperationKind, Result
from vectortier.model.plan import Outcome

RETRY_ANNOTATION = "vectortier.dev/reconcile-requested-at"
FIRST_BACK_OFF_SECONDS = 1800.0
LONGEST_BACK_OFF_SECONDS = 8 * 3600.0


def cooled_down(facts: Facts) -> Ruling | None:
    """Hold for `cooldownSeconds` after any success; after a failure to grow until the spec changes, somebody asks for
    it, or a back-off that doubles from half an hour to eight hours has passed. A failure to shrink is none to grow."""
    failed = after_failures(facts, OperationKind.SCALE_OUT)
    finished = _finished(facts, OperationKind.SCALE_OUT, OperationKind.SCALE_IN)
    if failed is not None or not finished:
        return failed
    last, age = finished[0], facts.now - _finished_at(finished[0])
    if facts.wanted is not None:
        return passes("what is needed was not read from windows that the last operation is still in")
    needed = facts.spec.damping.scale_out.cooldown_seconds
    if age >= needed:
        return passes(f"{last.kind} {last.id} ended {age:.0f} s ago")
    if shortfall(facts) is not None:
        return passes("a minimum of the spec is not put off by the cool-down")
    return hold(Reason.COOLING_DOWN, f"{last.kind} {last.id} ended {age:.0f} s ago; {needed} s of cool-down")


def settled_down(facts: Facts) -> Ruling | None:
    """The same for taking nodes away; after a scale-in that was reversed, for as long as no change is undone. That the
    tier has been too large for long enough is part of what is wanted."""
    failed = after_failures(facts, OperationKind.SCALE_IN)
    finished = _finished(facts, OperationKind.SCALE_IN)
    if failed is not None or not finished or finished[0].result is not Result.REVERSED:
        return failed
    last, age, needed = finished[0], facts.now - _finished_at(finished[0]), quiet_seconds(facts)
    if age >= needed:
        return passes(f"{last.id} was reversed {age:.0f} s ago, long enough for a new attempt")
    text = f"{last.id} was reversed {age:.0f} s ago ({last.message})"
    return hold(Reason.COOLING_DOWN, f"{text}; {_next(last, needed)}")


def put_off(facts: Facts) -> str | None:
    """What is not tried again yet, growing or shrinking, and until when; None: nothing is. Told also while nothing is
    wanted: after a reversal it takes a while until anything is."""
    asked = (after_failures(facts, OperationKind.SCALE_OUT), settled_down(facts))
    held = [ruling.message for ruling in asked if ruling is not None and ruling.outcome is Outcome.HOLD]
    return "; ".join(held) or None


def _finished(facts: Facts, *kinds: OperationKind) -> list[Operation]:
    """Those of these kinds, the latest first."""
    of_kind = (o for o in facts.journal.history if o.finished_at is not None and o.kind in kinds)
    return sorted(of_kind, key=_finished_at, reverse=True)


def after_failures(facts: Facts, kind: OperationKind) -> Ruling | None:
    """None: the last of its kind has not failed, nor was it a cancelled scale-out."""
    finished = _finished(facts, kind)
    given_back = kind in (OperationKind.SCALE_IN, OperationKind.SPREAD, *RESTARTS)
    ends = {Result.FAILED} if given_back else {Result.FAILED, Result.REVERSED}
    if not finished or finished[0].result not in ends:
        return None
    last, age = finished[0], facts.now - _finished_at(finished[0])
    failed = "failed" if last.result is Result.FAILED else "was reversed"
    if facts.tier.generation > last.generation:
        return passes(f"{last.id} {failed}, but the spec has changed since")
    if _requested_at(facts) > _finished_at(last):
        return passes(f"{last.id} {failed}, but a new attempt was asked for since")
    failures = next((i for i, o in enumerate(finished) if o.result not in ends), len(finished))
    needed = min(FIRST_BACK_OFF_SECONDS * 2 ** (failures - 1), LONGEST_BACK_OFF_SECONDS)
    if age >= needed:
        return passes(f"{last.id} {failed} {age:.0f} s ago, long enough for a new attempt")
    text = f"{last.id} {failed} {age:.0f} s ago ({last.message}); {_next(last, needed)}"
    return hold(Reason.OPERATION_FAILED, f"{text}, or when the spec or {RETRY_ANNOTATION} changes")


def _next(last: Operation, needed: float) -> str:
    at = datetime.fromtimestamp(_finished_at(last) + needed, UTC)
    return f"next attempt after {needed:.0f} s, at {at:%Y-%m-%dT%H:%M:%SZ}"


def _finished_at(operation: Operation) -> float:
    return operation.finished_at or 0.0


def _requested_at(facts: Facts) -> float:
    """When somebody asked for a new attempt; 0 when nobody did or the time cannot be read."""
    try:
        asked = datetime.fromisoformat(facts.tier.annotations.get(RETRY_ANNOTATION, ""))
    except ValueError:
        return 0.0
    return asked.timestamp() if asked.tzinfo is not None else 0.0
