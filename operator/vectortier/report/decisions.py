"""The last ten different decisions, the newest first."""

from vectortier.api.reasons import Reason
from vectortier.api.status import DecisionStatus
from vectortier.model.plan import BeginOperation, EndOperation, Plan, RestartNode
from vectortier.report.state import State
from vectortier.report.times import timestamp

MOST = 10
GATED = {Reason.PAUSED, Reason.OBSERVE_MODE, Reason.VERSION_NOT_SUPPORTED}
"""Somebody decided that an operation does not go on."""


def action_name(plan: Plan, operation_kind: str | None) -> str:
    """ScaleOut from the proposal to the last step, RestartNode, or Hold. The steps are the operation's business: one
    scale-out is one decision."""
    if isinstance(plan.action, BeginOperation):
        return str(plan.action.operation.kind)
    if isinstance(plan.action, RestartNode):
        return "RestartNode"
    if plan.action is not None and operation_kind is not None:
        return operation_kind
    return "Hold"


def build_decisions(state: State) -> tuple[DecisionStatus, ...]:
    """This look's decision in front, unless it is the same as the last one: same action, reason, nodes and copies.

    Everything from the proposal of an operation to its success is one decision, whatever its steps wait for; the
    operation's own message tells that.
    """
    kind = state.journal.operation.kind if state.journal is not None and state.journal.operation else None
    action = action_name(state.plan, kind)
    if kind is not None and state.plan.reason not in GATED:
        action = str(kind)
    past = state.previous.decisions
    failed = isinstance(state.plan.action, EndOperation) and not state.plan.action.succeeded
    if kind is not None and past and past[0].action == kind and not failed:
        return past
    decision = DecisionStatus(
        time=timestamp(state.now),
        action=action,
        reason=state.plan.reason,
        message=state.plan.message,
        nodes=state.plan.nodes,
        copies=state.plan.copies,
    )
    if past and _same(past[0], decision):
        return past
    return (decision, *past)[:MOST]


def _same(a: DecisionStatus, b: DecisionStatus) -> bool:
    return (a.action, a.reason, a.nodes, a.copies) == (b.action, b.reason, b.nodes, b.copies)
