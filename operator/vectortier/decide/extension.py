"""More for the scale-out that is under way, once it shows that it will not be enough.

Nothing else is begun while an operation runs, so a demand that goes on growing would have to wait for a whole movement
before anything more is ordered for it, and for another one until that serves. Instead the operation gets more steps.
They are judged like an operation of their own on the tier as it will be; what has been begun is not touched.
"""

from dataclasses import replace

from vectortier.api.reasons import Reason
from vectortier.api.rebalance import Approval
from vectortier.decide.facts.coming import as_it_will_be
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.proposed import MOST_COPIES, proposed
from vectortier.decide.facts.size import Proposal
from vectortier.decide.facts.wanted import wanted_besides
from vectortier.decide.rules.bounds import within_bounds
from vectortier.decide.rules.budget import within_bytes_per_hour
from vectortier.decide.rules.cost import worth_it
from vectortier.decide.rules.metrics import metrics_known
from vectortier.decide.rules.room import room_in_memory, room_on_disk
from vectortier.decide.rules.scaleout import steps_to, what
from vectortier.decide.rules.versions import same_image
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.model.journal import Operation, OperationKind, Step, StepName, StepState
from vectortier.model.plan import ExtendOperation

QUESTIONS = (metrics_known, within_bounds, same_image, room_in_memory, room_on_disk, within_bytes_per_hour, worth_it)
"""Those of growing that do not look back at earlier operations. Obstacles are asked about by the steps."""


def extended(facts: Facts, operation: Operation, ruling: Ruling) -> Ruling:
    """`ruling`, by which the operation only waits, or more steps for it."""
    if operation.kind is not OperationKind.SCALE_OUT or _is_at_its_end(operation):
        return ruling
    if facts.spec.rebalance.approval is Approval.MANUAL:
        return ruling  # what somebody has agreed to is done, and no more than that
    coming = as_it_will_be(facts, operation)
    more = wanted_besides(coming)
    if more is None:
        return ruling
    coming = replace(coming, wanted=more)
    size = proposed(coming)
    steps = (*_kept(operation), *_added(facts, operation, size))
    held = first_hold(QUESTIONS, coming)
    if held is not None or _copies(steps) > MOST_COPIES:
        why = held.message if held is not None else f"an operation can copy {MOST_COPIES} shards"
        return replace(ruling, message=f"{ruling.message}; {more.copies} copies are wanted by now, {more.why}: {why}")
    change = {"steps": steps, "nodes": size.nodes, "copies": size.copies, "message": more.why}
    action = ExtendOperation(operation=operation.model_copy(update=change))
    return propose(action, Reason.SCALE_OUT_NEEDED, f"{operation.id} goes on: {what(size)}: {more.why}")


def _is_at_its_end(operation: Operation) -> bool:
    """Whether a factor is about to be raised, which comes last, or nothing is copied: it serves what was left cold."""
    raised = any(s.name is StepName.RAISE_FACTOR and s.state is StepState.JOURNALLED for s in operation.steps)
    return raised or _copies(operation.steps) == 0


def _kept(operation: Operation) -> tuple[Step, ...]:
    """Without the factors: those that the larger size needs are raised once, after all copies."""
    return tuple(s for s in operation.steps if s.name is not StepName.RAISE_FACTOR or s.state is StepState.DONE)


def _added(facts: Facts, operation: Operation, size: Proposal) -> tuple[Step, ...]:
    """From what there is now: a copy that is being made must not be copied from. Nodes that the operation waits for and
    lets serve already have only the copies added."""
    known = {step.target for step in operation.steps if step.name is StepName.SERVE}
    steps = (s for s in steps_to(facts, size) if s.target not in known or s.name is StepName.COPY)
    return tuple(step.model_copy(update={"added_at": facts.now}) for step in steps)


def _copies(steps: tuple[Step, ...]) -> int:
    return sum(step.name is StepName.COPY for step in steps)
