"""What actions write to the journal."""

from __future__ import annotations

import pytest

from vectortier.act import entries
from vectortier.act.journal import journal_data
from vectortier.decide.facts.proposed import MOST_COPIES
from vectortier.model.journal import (
    Cost,
    Journal,
    Operation,
    OperationKind,
    Result,
    ServingEndpoint,
    Step,
    StepName,
    StepState,
)
from vectortier.model.plan import BeginOperation, DeleteMovement, EndOperation, JournalStep, StartCopy
from vectortier.model.value import Unknown
from vectortier.observe.journal import read_journal

MOST_NODES = 49
"""New ones, of fifty."""
AROUND = (StepName.AWAIT_NODE, StepName.WARM, StepName.SERVE)
COPY = StartCopy(index=1, collection="Ticket", shard="S1", source="a", target="b")


def operation(identity: str = "o1") -> Operation:
    steps = (Step(name=StepName.ADD_NODE, nodes=2), Step(name=StepName.COPY, collection="Ticket", shard="S1"))
    return Operation(id=identity, kind=OperationKind.SCALE_OUT, why="d1", epoch=0, started_at=10.0, steps=steps)


def journal() -> Journal:
    return entries.begun(Journal(), BeginOperation(operation=operation()), epoch=7)


def step(found: Journal, index: int) -> Step:
    assert found.operation is not None
    return found.operation.steps[index]


def test_an_operation_begins_under_the_leaders_epoch() -> None:
    found = journal()
    assert found.operation is not None
    assert found.operation.epoch == 7


def test_a_copy_is_journalled_started_cleared_away_and_done() -> None:
    found = entries.step_journalled(journal(), JournalStep(index=1, expected_objects=5, predicted=Cost(bytes=9)), 20.0)
    assert (step(found, 1).state, step(found, 1).started_at) == (StepState.JOURNALLED, 20.0)
    assert (step(found, 1).expected_objects, step(found, 1).predicted.bytes) == (5, 9)
    found = entries.copy_started(found, COPY, "m1")
    assert (step(found, 1).weaviate_operation_id, step(found, 1).attempts) == ("m1", 1)
    found = entries.movement_deleted(found, DeleteMovement(index=1, weaviate_operation_id="m1"))
    assert (step(found, 1).weaviate_operation_id, step(found, 1).state) == (None, StepState.PENDING)
    assert (step(found, 1).started_at, step(found, 1).attempts) == (20.0, 1)
    found = entries.step_done(found, 1, Cost(bytes=11), 50.0)
    assert (step(found, 1).state, step(found, 1).actual) == (StepState.DONE, Cost(bytes=11, seconds=30.0))
    assert step(found, 0) == operation().steps[0], "the other step is as it was"


def test_an_operation_ends_in_the_history_of_which_the_last_twenty_stay() -> None:
    found = Journal()
    for number in range(25):
        found = entries.begun(found, BeginOperation(operation=operation(f"o{number}")), epoch=1)
        found = entries.ended(found, EndOperation(succeeded=number != 24, message="m"), 60.0)
    assert found.operation is None
    assert [past.id for past in found.history] == [f"o{number}" for number in range(5, 25)]
    assert (found.history[-1].result, found.history[-1].finished_at) == (Result.FAILED, 60.0)


def test_an_action_without_an_operation_is_refused() -> None:
    with pytest.raises(ValueError, match="no operation"):
        entries.step_done(Journal(), 0, Cost(), 1.0)


def test_what_is_written_is_what_is_read() -> None:
    serving = (ServingEndpoint(pod="a", ip="192.0.2.1", started_at=1.5),)
    past = operation("o0").model_copy(update={"result": Result.SUCCEEDED})
    whole = journal().model_copy(update={"serving": serving, "history": (past,)})
    assert read_journal({"metadata": {"name": "x"}, "data": journal_data(whole)}) == whole


@pytest.mark.parametrize("data", [{"operation.json": "{"}, {"operation.json": '{"new": 1}'}, {"serving.json": "7"}])
def test_a_journal_that_cannot_be_read_whole_is_unknown_and_not_empty(data: dict[str, str]) -> None:
    found = read_journal({"metadata": {"name": "tickets-operations"}, "data": data})
    assert isinstance(found, Unknown)
    assert found.reason == "JournalUnreadable"
    assert "tickets-operations" in found.message


def test_no_journal_is_an_empty_one() -> None:
    assert read_journal(None) == Journal()


def longest(count: int) -> Operation:
    """An operation with so many copies to as many nodes as there can be, each step as long as it can get."""
    cost = Cost(bytes=10**13, seconds=12345.678901234567, p99_milliseconds=12345.678901234567)
    copy = Step(
        name=StepName.COPY,
        collection="C" * 255,
        shard="S" * 12,
        source="t" * 40 + "-weaviate-48",
        target="t" * 40 + "-weaviate-49",
        expected_objects=10**10,
        asked_at=1_800_000_000.123456,
        weaviate_operation_id="01234567-0123-0123-0123-0123456789ab",
        state=StepState.JOURNALLED,
        attempts=10,
        started_at=1_800_000_000.123456,
        finished_at=1_800_000_000.123456,
        predicted=cost,
        actual=cost,
    )
    lasted = {"state": StepState.JOURNALLED, "started_at": copy.started_at, "finished_at": copy.finished_at}
    around = [Step(name=name, target=copy.target, actual=cost, **lasted) for name in AROUND]
    return operation().model_copy(update={"steps": (copy,) * count + tuple(around) * MOST_NODES})


def test_the_largest_operation_and_the_one_before_it_fit_into_a_configmap() -> None:
    found = Journal()
    for _ in range(3):
        found = entries.begun(found, BeginOperation(operation=longest(MOST_COPIES)), epoch=7)
        assert sum(len(part) for part in journal_data(found).values()) < 2**20
        found = entries.ended(found, EndOperation(succeeded=True, message=""), 50.0)
