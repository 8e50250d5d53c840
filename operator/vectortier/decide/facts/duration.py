"""How long an operation is likely to take, from what its steps took before."""

from collections.abc import Iterable
from statistics import mean

from vectortier.decide.facts.lanes import ALONE
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.pace import most_at_once
from vectortier.model.journal import Operation, Step, StepName, StepState

ASSUMED_SECONDS = {
    StepName.DRAIN: 30.0,
    StepName.COPY: 60.0,
    StepName.DROP_COPY: 15.0,
    StepName.REMOVE_NODE: 30.0,
}
"""Of a step of which none has been taken yet; of others a few seconds."""
_OTHERS_SECONDS = 5.0


def predicted_seconds(facts: Facts, steps: Iterable[Step]) -> float:
    """The steps one after the other, each as long as those of its name have taken on average."""
    seconds = {name: _usual(facts, name) for name in StepName}
    return sum(seconds[step.name] for step in steps)


def seconds_to_come(facts: Facts, operation: Operation) -> float | None:
    """Until the operation ends. The steps of one node follow one another, only so many copies are made at once as now,
    and each waits for its turn as long as those before it have on average. None: a copy, or a node that has to come up,
    of which it is not known how long it takes.
    """
    lanes, alone, copying = dict[str | None, float](), 0.0, 0.0
    wait = _mean_wait(operation)
    for step in (s for s in operation.steps if s.state is not StepState.DONE):
        seconds = _left(facts, step)
        if seconds is None:
            return None
        if step.name is StepName.COPY:
            seconds += wait if step.started_at is None else 0.0
            copying += seconds
        if step.name in ALONE:
            alone += seconds
        else:
            lanes[step.target] = lanes.get(step.target, 0.0) + seconds
    return max(max(lanes.values(), default=0.0), copying / most_at_once(facts)) + alone


def seconds_without_copies(operation: Operation) -> float:
    """How long no copy was made between the first and the last that was begun."""
    waited, ended = 0.0, None
    for step in _copies_begun(operation):
        began = step.started_at or 0.0
        waited += max(0.0, began - ended) if ended is not None else 0.0
        ended = max(ended or began, step.finished_at or began)
    return waited


def _mean_wait(operation: Operation) -> float:
    turns = len(_copies_begun(operation)) - 1
    return seconds_without_copies(operation) / turns if turns > 0 else 0.0


def _copies_begun(operation: Operation) -> list[Step]:
    begun = (s for s in operation.steps if s.name is StepName.COPY and s.started_at is not None)
    return sorted(begun, key=lambda s: s.started_at or 0.0)


def _left(facts: Facts, step: Step) -> float | None:
    """What is left of a step, whether or not it has begun; None: not known."""
    usual = step.predicted.seconds if step.name is StepName.COPY else _usual(facts, step.name)
    if usual is None or (step.name is StepName.AWAIT_NODE and not _taken(facts, step.name)):
        return None
    return max(0.0, usual - (0.0 if step.started_at is None else facts.now - step.started_at))


def _usual(facts: Facts, name: StepName) -> float:
    taken = _taken(facts, name)
    return mean(taken) if taken else ASSUMED_SECONDS.get(name, _OTHERS_SECONDS)


def _taken(facts: Facts, name: StepName) -> list[float]:
    return [
        step.actual.seconds
        for operation in facts.journal.history
        for step in operation.steps
        if step.name is name and step.state is StepState.DONE and step.actual.seconds is not None
    ]
