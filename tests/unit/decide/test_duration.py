"""How long is left of an operation."""

from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from vectortier.decide.facts.duration import seconds_to_come
from vectortier.model.journal import Cost, Journal, Operation, OperationKind, Result, Step, StepName, StepState


def copy(target: int, seconds: float | None = 100.0, began: float | None = None, ended: float | None = None) -> Step:
    """One copy; `began` and `ended` are seconds ago."""
    return Step(
        name=StepName.COPY,
        target=b.node(target),
        predicted=Cost(seconds=seconds),
        started_at=None if began is None else b.NOW - began,
        finished_at=None if ended is None else b.NOW - ended,
        state=StepState.DONE if ended is not None else StepState.PENDING if began is None else StepState.JOURNALLED,
    )


def left(*steps: Step, at_once: int = 10, past: tuple[Step, ...] = ()) -> float | None:
    base: dict[str, Any] = {"why": "d", "epoch": 1, "started_at": b.NOW - 1000}
    operation = Operation(id="o-1", kind=OperationKind.SCALE_OUT, steps=steps, **base)
    before = Operation(id="o-0", kind=OperationKind.SCALE_OUT, steps=past, result=Result.SUCCEEDED, **base)
    seen = b.observation(3, journal=Journal(operation=operation, history=(before,), serving=b.serving(0, 1)))
    return seconds_to_come(facts(seen, damping={"maxConcurrentMoves": at_once}), operation)


@pytest.mark.parametrize(
    ("steps", "at_once", "expected"),
    [
        pytest.param((copy(1), copy(1)), 10, 200.0, id="those to one node one after the other"),
        pytest.param((copy(1), copy(2)), 10, 100.0, id="those to two side by side"),
        pytest.param((copy(1), copy(2)), 1, 200.0, id="unless one is made at a time"),
        pytest.param((copy(1, began=30.0),), 10, 70.0, id="less what has gone by"),
        pytest.param((copy(1, began=130.0),), 10, 0.0, id="never less than nothing"),
        pytest.param((copy(1), copy(2, None)), 10, None, id="unknown with the time of one of them"),
        pytest.param(
            (copy(1, began=500.0, ended=400.0), copy(1, began=300.0, ended=200.0), copy(1), copy(1)),
            10,
            400.0,
            id="each waits as long for its turn as those before it",
        ),
    ],
)
def test_copies_take_as_long_as_predicted(steps: tuple[Step, ...], at_once: int, expected: float | None) -> None:
    assert left(*steps, at_once=at_once) == expected


def test_what_takes_something_away_comes_after_all_else() -> None:
    assert left(copy(1), copy(2), Step(name=StepName.DROP_COPY, target=b.node(2))) == 115.0


def test_a_node_that_comes_up_takes_what_the_last_one_took_and_nobody_knows_how_long_the_first_does() -> None:
    awaited = Step(name=StepName.AWAIT_NODE, target=b.node(2))
    assert left(awaited, copy(2)) is None
    before = awaited.model_copy(update={"state": StepState.DONE, "actual": Cost(seconds=40.0)})
    assert left(awaited, copy(2), past=(before,)) == 140.0
