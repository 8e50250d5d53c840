"""How long an operation is likely to take, from what its steps took before."""

from collections.abc import Iterable
from statistics import mean

from vectortier.decide.facts.look import Facts
from vectortier.model.journal import Step, StepName, StepState

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


def _usual(facts: Facts, name: StepName) -> float:
    taken = [
        step.actual.seconds
        for operation in facts.journal.history
        for step in operation.steps
        if step.name is name and step.state is StepState.DONE and step.actual.seconds is not None
    ]
    return mean(taken) if taken else ASSUMED_SECONDS.get(name, _OTHERS_SECONDS)
