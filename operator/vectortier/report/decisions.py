"""The last ten different decisions, the newest first."""

import json
import math

from vectortier.api.reasons import Reason
from vectortier.api.status import MAX_EXACT, DecisionStatus, PredictedStatus
from vectortier.model.journal import Cost
from vectortier.model.plan import BeginOperation, EndOperation, ExtendOperation, Plan, RestartNode
from vectortier.report.record import learned_hash, predicted
from vectortier.report.state import State
from vectortier.report.times import timestamp

MOST = 10
MESSAGE_BYTES = 600
"""So that ten decisions stay below 10 KB whatever they quote. The whole message is in the log, the event and the
kept record."""
GATED = {Reason.PAUSED, Reason.OBSERVE_MODE, Reason.VERSION_NOT_SUPPORTED}
"""Somebody decided that an operation does not go on."""


def action_name(plan: Plan, operation_kind: str | None) -> str:
    """ScaleOut from the proposal to the last step, RestartNode, or Hold. The steps are the operation's business: one
    scale-out is one decision."""
    if isinstance(plan.action, BeginOperation | ExtendOperation):
        return str(plan.action.operation.kind)
    if isinstance(plan.action, RestartNode):
        return "RestartNode"
    if plan.action is not None and operation_kind is not None:
        return operation_kind
    return "Hold"


def build_decisions(state: State) -> tuple[DecisionStatus, ...]:
    """This look's decision in front, unless it is the same as the last one: same action, reason, nodes and copies.

    Everything from the proposal of an operation to its success is one decision, whatever its steps wait for, unless it
    is made larger on the way; the operation's own message tells that.
    """
    kind = state.journal.operation.kind if state.journal is not None and state.journal.operation else None
    action = action_name(state.plan, kind)
    if kind is not None and state.plan.reason not in GATED:
        action = str(kind)
    past = state.previous.decisions
    failed = isinstance(state.plan.action, EndOperation) and not state.plan.action.succeeded
    larger = isinstance(state.plan.action, ExtendOperation)
    if kind is not None and past and past[0].action == kind and not failed and not larger:
        return past
    decision = DecisionStatus(
        id=state.plan.id,
        time=timestamp(state.now),
        action=action,
        reason=state.plan.reason,
        message=_cut(state.plan.message),
        nodes=state.plan.nodes,
        copies=state.plan.copies,
        predicted=predicted_status(predicted(state.plan)),
        learned_hash=learned_hash(state.observed.learned),
    )
    if past and _same(past[0], decision):
        return past
    # An earlier version of the operator may have left longer messages.
    older = (one.model_copy(update={"message": _cut(one.message)}) for one in past[: MOST - 1])
    return (decision, *older)


def predicted_status(cost: Cost) -> PredictedStatus | None:
    """Whole numbers, never better than predicted; None when nothing is."""
    whole = PredictedStatus(
        bytes=_whole(cost.bytes), seconds=_whole(cost.seconds), p99_milliseconds=_whole(cost.p99_milliseconds)
    )
    return None if whole == PredictedStatus() else whole


def _whole(value: float | None) -> int | None:
    return min(math.ceil(value), MAX_EXACT) if value is not None and math.isfinite(value) and value >= 0 else None


def _cut(message: str) -> str:
    """The message, or as much of it as has room as JSON in UTF-8."""
    if _json_bytes(message) <= MESSAGE_BYTES:
        return message
    low, high = 0, len(message)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _json_bytes(message[:middle] + "…") <= MESSAGE_BYTES else (low, middle - 1)
    return message[:low] + "…"


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))


def _same(a: DecisionStatus, b: DecisionStatus) -> bool:
    return (a.action, a.reason, a.nodes, a.copies) == (b.action, b.reason, b.nodes, b.copies)
