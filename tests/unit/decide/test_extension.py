"""A scale-out that is made larger while it is under way, run against the small model of the world."""

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.growth import WANTED, assert_has_grown, at_each_point, finish, tier
from tests.unit.decide.test_rules import facts
from tests.unit.decide.wanting import growing_on_to
from tests.unit.decide.world import Crash, World, last_result
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import is_active
from vectortier.decide.operation import operation_in_flight
from vectortier.model.journal import Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.plan import ExtendOperation, RaiseFactor, SetNodes


def is_copying(facts: Facts) -> bool:
    return any(is_active(movement.state) for movement in facts.database.movements)


@pytest.fixture(autouse=True)
def _two_copies_and_then_four(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_on_to(monkeypatch, WANTED, when=is_copying)


def test_the_operation_goes_on_to_the_larger_size_and_is_one_operation() -> None:
    world = finish(tier())
    assert_has_grown(world)
    assert sum(isinstance(a, ExtendOperation) for a in world.actions) == 1
    assert [a.nodes for a in world.actions if isinstance(a, SetNodes)] == [2, WANTED]
    assert [a.factor for a in world.actions if isinstance(a, RaiseFactor)] == [WANTED, WANTED], "once, after all copies"


def extend(world: World) -> tuple[Operation, Operation]:
    """The operation before and after it is made larger."""
    before = world.journal.operation
    while before is None or world.journal.operation is None or world.journal.operation.copies < WANTED:
        before = world.journal.operation
        world.tick()
    return before, world.journal.operation


def test_what_was_to_be_done_is_not_touched() -> None:
    before, after = extend(tier())
    kept = [s for s in before.steps if s.name is not StepName.RAISE_FACTOR]
    assert list(after.steps[: len(kept)]) == kept
    assert (after.id, after.epoch, after.started_at) == (before.id, before.epoch, before.started_at)
    assert {s.added_at for s in after.steps[len(kept) :]} != {None}


def test_copies_are_made_from_nodes_that_have_them_already() -> None:
    _, operation = extend(tier())
    added = [s for s in operation.steps if s.name is StepName.COPY and s.added_at is not None]
    assert {s.target for s in added} == {node(2), node(3)}
    assert {s.source for s in added} == {node(0)}


@pytest.mark.parametrize("crash", ["before", "between"])
def test_killed_at_any_point_the_next_operator_finishes_the_job_and_doubles_nothing(crash: Crash) -> None:
    assert at_each_point(tier(), crash, assert_has_grown) > 40


def test_what_was_made_before_serves_when_an_added_copy_fails() -> None:
    world = finish(tier(refused_by=node(WANTED - 1)))
    assert last_result(world.journal) is Result.FAILED
    assert {node(0), node(1)} <= {e.pod for e in world.journal.serving}
    assert world.movements == {}


@pytest.fixture
def _at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_on_to(monkeypatch, WANTED, when=lambda _: True)


COPIED = Step(name=StepName.COPY, collection="Ticket", shard="s0", target=node(1), state=StepState.DONE)
RAISE = Step(name=StepName.RAISE_FACTOR, collection="Ticket", factor=2)
RAISING = RAISE.model_copy(update={"state": StepState.JOURNALLED})
REMOVING = Step(name=StepName.REMOVE_NODE, target=node(1), nodes=1, state=StepState.JOURNALLED)


@pytest.mark.usefixtures("_at_any_time")
@pytest.mark.parametrize(
    ("kind", "steps", "is_extended"),
    [
        pytest.param(OperationKind.SCALE_OUT, (COPIED, RAISE), True, id="copies were made"),
        pytest.param(OperationKind.SCALE_OUT, (COPIED, RAISING), False, id="a factor is about to be raised"),
        pytest.param(OperationKind.SCALE_OUT, (RAISE,), False, id="nothing is copied"),
        pytest.param(OperationKind.SCALE_IN, (REMOVING,), False, id="a scale-in"),
    ],
)
def test_it_is_made_larger_while_it_copies(kind: OperationKind, steps: tuple[Step, ...], is_extended: bool) -> None:
    """A backup keeps the steps themselves from doing anything."""
    operation = Operation(id="o", kind=kind, why="d", epoch=1, nodes=2, copies=2, started_at=b.NOW, steps=steps)
    seen = b.observation(
        2,
        database=b.database(2, (b.collection(replicas=(0, 1), factor=1),), backup_running=True),
        journal=Journal(operation=operation, serving=b.serving(0)),
        load=b.load(0.1),
    )
    ruling = operation_in_flight(facts(seen))
    assert ruling is not None
    assert isinstance(ruling.action, ExtendOperation) is is_extended
