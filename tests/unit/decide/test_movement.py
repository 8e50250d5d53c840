"""How long it takes until a copy serves, and when the size was changed, by what the journal remembers."""

from vectortier.decide.facts.movement import ASSUMED_SECONDS, last_changed, movement_seconds
from vectortier.model.journal import Journal, Operation, OperationKind, Result, Step, StepName, StepState

BEGAN = 1000.0


def done(name: StepName, ended: float, added_at: float | None = None) -> Step:
    return Step(name=name, state=StepState.DONE, target="t-weaviate-1", finished_at=ended, added_at=added_at)


def journal(*steps: Step, ended: float = 5000.0, result: Result = Result.SUCCEEDED) -> Journal:
    fields = {"id": "o", "kind": OperationKind.SCALE_OUT, "why": "d", "epoch": 1, "started_at": BEGAN}
    return Journal(history=(Operation(**fields, finished_at=ended, steps=steps, result=result),))  # type: ignore[arg-type]


def test_it_is_the_time_until_the_first_node_served() -> None:
    copies = done(StepName.COPY, 1100.0), done(StepName.COPY, 1900.0)
    assert movement_seconds(journal(*copies, done(StepName.SERVE, 1150.0), done(StepName.SERVE, 1950.0))) == 150.0


def test_what_was_added_counts_from_when_it_was_added() -> None:
    first = done(StepName.COPY, 1100.0), done(StepName.SERVE, 1150.0)
    added = done(StepName.COPY, 2200.0, added_at=2000.0), done(StepName.SERVE, 2240.0, added_at=2000.0)
    assert movement_seconds(journal(*first, *added)) == 240.0, "the longer of the two"


def test_an_operation_that_let_nobody_new_serve_counts_as_a_whole() -> None:
    assert movement_seconds(journal(done(StepName.COPY, 1100.0), ended=1300.0)) == 300.0


def test_what_failed_or_copied_nothing_says_nothing() -> None:
    copied = done(StepName.COPY, 1100.0)
    assert movement_seconds(journal(copied, result=Result.FAILED)) == ASSUMED_SECONDS
    assert movement_seconds(journal(done(StepName.SERVE, 1100.0))) == ASSUMED_SECONDS
    assert movement_seconds(Journal()) == ASSUMED_SECONDS


def test_the_size_was_last_changed_when_nodes_were_last_added() -> None:
    made = journal(done(StepName.ADD_NODE, 1010.0), done(StepName.ADD_NODE, 2010.0, added_at=2000.0))
    assert last_changed(made, OperationKind.SCALE_OUT) == 2010.0
    assert last_changed(journal(done(StepName.COPY, 1100.0)), OperationKind.SCALE_OUT) == BEGAN
    assert last_changed(made, OperationKind.SCALE_IN) is None
