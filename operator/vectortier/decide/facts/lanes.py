"""Which steps of an operation may run now: those of different nodes go on side by side.

A lane is the steps of one node, in order. Three things tie lanes together: a change of the number of nodes comes
before everything after it, a collection's factor waits for every copy of its shards, and only so many nodes are copied
to at the same time. What takes something away is done alone: after everything before it, and before everything after.
Restarts have one lane: the next node is touched once the last one serves again.
"""

from vectortier.model.journal import RESTARTS, Operation, Step, StepName, StepState

ALONE = {
    StepName.LOWER_FACTOR,
    StepName.DROP_COPY,
    StepName.RESTORE_TENANT,
    StepName.REMOVE_NODE,
    StepName.REMOVE_FROM_RAFT,
    StepName.RECREATE_STATEFUL_SET,
}
"""What takes something away."""


def may_run(operation: Operation, most_copies: int) -> tuple[int, ...]:
    """Indices, in order. Never empty while a step is not done."""
    steps = operation.steps
    if operation.kind in RESTARTS:
        return () if operation.current is None else (operation.current,)
    free = [i for i, s in enumerate(steps) if s.state is not StepState.DONE and _is_free(operation, i)]
    copying = sorted((i for i in free if steps[i].name is StepName.COPY), key=lambda i: (not _is_begun(steps[i]), i))
    return tuple(i for i in free if i not in copying[most_copies:])


def needed(operation: Operation, index: int) -> tuple[Step, ...]:
    """The earlier steps that have to be done before this one may run."""
    if operation.kind in RESTARTS:
        return operation.steps[:index]
    step = operation.steps[index]
    return tuple(s for s in operation.steps[:index] if _needs(step, s))


def _is_free(operation: Operation, index: int) -> bool:
    step = operation.steps[index]
    return not any(s.state is not StepState.DONE and _needs(step, s) for s in operation.steps[:index])


def _needs(step: Step, earlier: Step) -> bool:
    if step.name is StepName.ADD_NODE and earlier.name is StepName.PURGE_VOLUME:
        return True
    if earlier.name is StepName.ADD_NODE or earlier.name in ALONE or step.name in ALONE:
        return True
    if step.name is StepName.COPY and earlier.name is StepName.DRAIN:
        return True
    if step.name is StepName.RAISE_FACTOR:
        return earlier.name is StepName.COPY and earlier.collection == step.collection
    return earlier.target == step.target


def _is_begun(step: Step) -> bool:
    """A copy that is tried again, or whose movement has just been cleared away, keeps its place."""
    return step.started_at is not None or step.state is not StepState.PENDING
