"""Steps of operations with several nodes, where a whole scenario would hide the point."""

from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from vectortier.api.status import VectorTierStatus
from vectortier.decide.operation import operation_in_flight
from vectortier.decide.ruling import Ruling
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import CompleteStep, DeleteMovement, EndOperation, JournalStep, RemoveNode, SetNodes
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Movement
from vectortier.report.status import build_status

WIDE: dict[str, Any] = {"nodes": {"min": 1, "max": 9}, "copies": {"min": 1, "max": 9}}


def ruled(nodes: int, *steps: Step, kind: OperationKind = OperationKind.SCALE_OUT, **changes: Any) -> Ruling:
    """What comes of an operation with these steps, in a tier that has so many nodes."""
    spec = {**WIDE, **changes.pop("spec", {})}
    serving, began = changes.pop("serving", tuple(range(nodes))), changes.pop("began", b.NOW - 60)
    operation = Operation(id="o", kind=kind, why="d", epoch=1, started_at=began, nodes=4, copies=4, steps=steps)
    journal = Journal(operation=operation, serving=b.serving(*serving))
    ruling = operation_in_flight(facts(b.observation(nodes, journal=journal, **changes), **spec))
    assert ruling is not None
    return ruling


def adding(state: StepState = StepState.JOURNALLED) -> Step:
    """Two nodes, to the two that there were."""
    return Step(name=StepName.ADD_NODE, target=b.node(2), nodes=4, state=state, started_at=b.NOW - 5)


@pytest.mark.parametrize("nodes", [2, 3])
def test_all_new_nodes_are_asked_for_at_once_even_if_somebody_has_asked_for_one(nodes: int) -> None:
    action = ruled(nodes, adding()).action
    assert action == SetNodes(index=0, nodes=4)


def test_nodes_are_not_added_to_a_tier_that_has_shrunk_meanwhile() -> None:
    ruling = ruled(1, adding())
    assert isinstance(ruling.action, EndOperation)
    assert "shrunk to 1 nodes" in ruling.message


def removing(state: StepState = StepState.JOURNALLED, seconds: float = 5.0) -> Step:
    return Step(name=StepName.REMOVE_NODE, target=b.node(2), nodes=2, state=state, started_at=b.NOW - seconds)


EMPTY = (b.collection(replicas=(0, 1)),)
"""What is held where node 2 holds nothing."""


def shrunk(nodes: int, step: Step, **changes: Any) -> Ruling:
    given = {"database": b.database(nodes, EMPTY), **changes}
    return ruled(nodes, step, kind=OperationKind.SCALE_IN, **given)


def test_a_node_that_goes_is_journalled_then_lowered_then_read_back() -> None:
    assert isinstance(shrunk(3, removing(StepState.PENDING)).action, JournalStep)
    assert shrunk(3, removing()).action is None, "it serves yet"
    assert shrunk(3, removing(), serving=(0, 1)).action == RemoveNode(index=0, node=b.node(2), nodes=2)
    assert isinstance(shrunk(2, removing()).action, CompleteStep)


def test_a_node_that_weaviate_still_counts_has_not_gone_however_long_that_takes() -> None:
    ruling = shrunk(2, removing(), database=b.database(3, EMPTY))
    assert (ruling.action, ruling.reason) == (None, "ScalingIn")
    late = shrunk(2, removing(seconds=1000.0), database=b.database(3, EMPTY))
    assert (late.action, late.reason) == (None, "NodeDead")


def test_raft_is_told_to_forget_a_node_however_long_something_else_was_in_the_way() -> None:
    step = Step(name=StepName.REMOVE_FROM_RAFT, target=b.node(2), nodes=2)
    kept = b.database(2, EMPTY, raft=b.database(3).raft, backup_running=True)
    ruling = shrunk(2, step, database=kept, began=b.NOW - 9000)
    assert (ruling.action, ruling.reason) == (None, "BackupInFlight")


@pytest.mark.parametrize(
    ("nodes", "changes", "said"),
    [
        (4, {}, "has 4 nodes meanwhile"),
        (3, {"spec": {"nodes": {"min": 3, "max": 9}}}, "nodes.min is now 3"),
    ],
)
def test_a_node_is_not_taken_away_when_the_tier_is_another_meanwhile(
    nodes: int, changes: dict[str, Any], said: str
) -> None:
    ruling = shrunk(nodes, removing(StepState.PENDING), **changes)
    assert isinstance(ruling.action, EndOperation)
    assert said in ruling.message


def test_no_node_is_taken_away_while_the_metrics_are_not_known() -> None:
    blind = Unknown(reason="MetricsUnavailable", message="no answer")
    ruling = shrunk(3, removing(), serving=(0, 1), load=blind)
    assert (ruling.action, ruling.reason) == (None, "MetricsUnavailable")


def copying(target: int, **changes: Any) -> Step:
    return Step(name=StepName.COPY, collection="Ticket", shard="s0", target=b.node(target), **changes)


def movement(target: int, state: str, **changes: Any) -> Movement:
    names = {"source": b.node(0), "target": b.node(target)}
    return Movement(id=f"m-{target}", collection="Ticket", shard="s0", kind="COPY", state=state, **names, **changes)


FAILED = copying(1, attempts=3)
HELD = (b.collection(replicas=(0,)),)


def ending(*movements: Movement, **changes: Any) -> Ruling:
    """A copy to one node has failed for good; what there is of the copy to another one."""
    return ruled(3, FAILED, copying(2, **changes), serving=(0,), database=b.database(3, HELD, movements=movements))


def test_a_failed_operation_waits_for_the_movements_of_other_steps_and_clears_them_away() -> None:
    assert isinstance(ending().action, EndOperation)
    assert ending(movement(2, "HYDRATING")).action is None
    assert ending(movement(2, "READY", deleting=True)).action is None
    assert isinstance(ending(movement(2, "READY")).action, DeleteMovement)


@pytest.mark.parametrize(("ago", "ends"), [(10.0, False), (100.0, True)])
def test_a_failed_operation_waits_for_a_copy_that_weaviate_may_begin_yet(ago: float, ends: bool) -> None:
    assert isinstance(ending(asked_at=b.NOW - ago).action, EndOperation) is ends


def test_a_copy_that_waited_for_its_place_is_not_given_up_for_that() -> None:
    waited = Step(name=StepName.AWAIT_NODE, target=b.node(2), state=StepState.DONE, finished_at=b.NOW - 7200)
    other = copying(1, state=StepState.DONE, finished_at=b.NOW - 60)
    stopped = b.database(3, (b.collection(replicas=(0, 1)),), backup_running=True)
    given: dict[str, Any] = {"serving": (0, 1), "database": stopped, "began": b.NOW - 9000}
    assert ruled(3, waited, other, copying(2), **given).action is None
    assert isinstance(ruled(3, waited, copying(2), **given).action, EndOperation)


@pytest.mark.parametrize(("at_once", "seconds"), [(1, 300), (2, 200), (10, 200)])
def test_the_time_to_come_is_that_of_the_longest_lane_or_of_as_many_as_go_at_once(at_once: int, seconds: int) -> None:
    cost = Cost(seconds=100.0)
    steps = (copying(1, predicted=cost), copying(1, predicted=cost), copying(2, predicted=cost))
    operation = Operation(id="o", kind=OperationKind.SCALE_OUT, why="d", epoch=1, started_at=b.NOW, steps=steps)
    spec = b.spec(damping={"maxConcurrentMoves": at_once})
    seen = b.observation(3, journal=Journal(operation=operation, serving=b.serving(0)))
    plan = decide(spec, seen, seen.now)
    status = build_status(spec, seen, plan, ActionOutcome(), VectorTierStatus(), seen.now).operation
    assert status is not None
    assert status.eta_seconds == seconds
