"""Which steps of an operation may be taken now: copies to different nodes are made side by side.

A step waits for those before it that it builds on: everything for nodes to be asked for or to be gone, a step at a node
for the earlier ones at that node, a factor for all copies before it, and to serve from a copy for the factor that
counts it.
"""

from vectortier.model.journal import Operation, Step, StepName, StepState


def ready_steps(operation: Operation, most_copies: int) -> tuple[int, ...]:
    """Their indices, in order. At most so many of them are copies; at least one step is ready while any is not done."""
    ready: list[int] = []
    open_steps: list[Step] = []
    copies = 0
    for index, step in enumerate(operation.steps):
        if step.state is StepState.DONE:
            continue
        if not _waits(step, open_steps):
            copies += step.name is StepName.COPY
            if step.name is not StepName.COPY or copies <= most_copies:
                ready.append(index)
        open_steps.append(step)
    return tuple(ready)


def _waits(step: Step, before: list[Step]) -> bool:
    return any(_builds_on(step, earlier) for earlier in before)


def _builds_on(step: Step, earlier: Step) -> bool:
    if earlier.name in (StepName.ADD_NODE, StepName.REMOVE_NODE) or (
        step.target is not None and step.target == earlier.target
    ):
        return True
    if step.name is StepName.RAISE_FACTOR:
        return earlier.name in (StepName.COPY, StepName.RAISE_FACTOR)
    return step.name in (StepName.WARM, StepName.SERVE) and earlier.name is StepName.RAISE_FACTOR
