"""A movement that fails again and again is told apart from one that may yet succeed."""

from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from vectortier.decide.facts.failing import ALIKE, keeps_failing
from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At
from vectortier.decide.steps.copy import copy
from vectortier.model.journal import Journal, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.plan import AdoptCopy
from vectortier.model.weaviate import Movement, MovementError

SAME = tuple((seconds, "file exists") for seconds in range(45, 0, -10))
"""Seconds ago, and the words."""


def failing(errors: tuple[tuple[float, str], ...], started: float = 1000.0) -> str | None:
    """What is made of these errors, with nodes that started so many seconds ago."""
    told = tuple(MovementError(message=words, at=b.NOW - ago) for ago, words in errors)
    names = {"source": b.node(0), "target": b.node(1)}
    found = Movement(id="m", collection="Ticket", shard="s0", kind="COPY", state="HYDRATING", errors=told, **names)
    seen = facts(b.observation(2))
    pods = tuple(pod.model_copy(update={"started_at": b.NOW - started}) for pod in seen.workload.pods)
    workload: Any = seen.workload.model_copy(update={"pods": pods})
    return keeps_failing(facts(b.observation(2, workload=workload)), found)


def test_the_same_words_again_and_again() -> None:
    assert len(SAME) == ALIKE
    assert failing(SAME) == "file exists"


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param((), id="none"),
        pytest.param(SAME[1:], id="too few"),
        pytest.param((*SAME[:-1], (5.0, "disk full")), id="other words at last"),
        pytest.param((*SAME[:2], (24.0, "disk full"), *SAME[3:]), id="other words between"),
        pytest.param(tuple((ago + 30.0, words) for ago, words in SAME), id="none lately"),
    ],
)
def test_what_may_yet_succeed(errors: tuple[tuple[float, str], ...]) -> None:
    assert failing(errors) is None


def test_what_failed_before_a_node_was_up_says_nothing() -> None:
    assert failing(SAME, started=40.0) is None


def test_other_words_long_ago_do_not_matter() -> None:
    assert failing(((90.0, "connection refused"), *SAME)) == "file exists"


def test_one_that_was_cancelled_is_waited_for_before_another_is_begun() -> None:
    assert cancelling(deleting=True).action is None
    assert isinstance(cancelling(deleting=False).action, AdoptCopy)


def cancelling(*, deleting: bool) -> Ruling:
    """A step whose movement was cancelled, with a movement that goes on."""
    step = Step(name=StepName.COPY, collection="Ticket", shard="s0", target=b.node(1), state=StepState.JOURNALLED)
    names = {"source": b.node(0), "target": b.node(1)}
    found = Movement(
        id="m", collection="Ticket", shard="s0", kind="COPY", state="HYDRATING", **names, deleting=deleting
    )
    held = (b.collection(replicas=(0,)),)
    base: dict[str, Any] = {"kind": OperationKind.SCALE_OUT, "why": "d", "epoch": 1, "started_at": b.NOW - 60}
    operation = Operation(id="o-1", steps=(step,), **base)
    seen = b.observation(
        2, database=b.database(2, held, movements=(found,)), journal=Journal(operation=operation, serving=b.serving(0))
    )
    return copy(At(facts(seen), operation, 0))
