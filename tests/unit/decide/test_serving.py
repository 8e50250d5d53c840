"""Whom the gateway sends requests to."""

import pytest

from tests.unit.decide import builders as b
from vectortier.decide.serving import serving_set
from vectortier.model.journal import (
    Journal,
    Operation,
    OperationKind,
    Result,
    ServingEndpoint,
    Step,
    StepName,
    StepState,
)
from vectortier.model.observation import Observation
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database

BLIND = Unknown(reason="WeaviateUnreachable", message="no answer")
BOTH = (b.collection(replicas=(0, 1)),)


def chosen(seen: Observation) -> list[str] | None:
    found = serving_set(seen, b.NOW)
    return None if found is None else [e.pod for e in found]


def with_pods(*pods: object, **changes: object) -> Observation:
    return b.observation(2, workload=b.workload(2, pods=pods), **changes)


def test_unchanged_is_none() -> None:
    assert chosen(b.observation(2)) is None


def test_a_new_tier_serves_from_every_node_that_is_up() -> None:
    assert chosen(b.observation(2, database=b.database(2, ()), journal=Journal())) == [b.node(0), b.node(1)]


@pytest.mark.parametrize("part", ["workload", "journal"])
def test_without_knowledge_the_set_is_left_as_it_is(part: str) -> None:
    assert chosen(b.observation(2, **{part: BLIND})) is None


def test_while_weaviate_is_not_known_only_pods_that_are_gone_leave() -> None:
    assert chosen(with_pods(b.pod(0), b.pod(1, terminating=True), database=BLIND)) == [b.node(0)]
    assert chosen(with_pods(b.pod(0, ready=False), b.pod(1, ready=False), database=BLIND)) is None


def test_while_weaviate_is_not_known_nobody_new_gets_in() -> None:
    journal = Journal(serving=b.serving(0))
    assert chosen(with_pods(b.pod(0), b.pod(1), database=BLIND, journal=journal)) is None


def test_the_last_one_is_kept_when_its_pod_is_gone() -> None:
    assert chosen(b.observation(1, workload=b.workload(1, pods=()))) is None
    assert chosen(b.observation(1, workload=b.workload(1, pods=()), database=BLIND)) is None


def test_a_pod_that_comes_back_at_another_address_is_followed_when_it_is_the_only_one() -> None:
    moved = b.pod(0, ip="198.18.0.99", started_at=b.NOW - 3, ready=False)
    found = serving_set(b.observation(1, workload=b.workload(1, pods=(moved,)), database=BLIND), b.NOW)
    assert found == (ServingEndpoint(pod=b.node(0), ip="198.18.0.99", started_at=b.NOW - 3),)


def test_a_node_that_is_gone_from_membership_and_unready_leaves_after_a_while() -> None:
    lonely = b.database(2, BOTH, members=(b.member(0, BOTH),))
    for lasted, expected in ((5.0, None), (30.0, [b.node(0)])):
        late = b.pod(1, ready=False, ready_since=b.NOW - lasted)
        assert chosen(with_pods(b.pod(0), late, database=lonely)) == expected


def test_a_ready_node_that_one_look_misses_stays() -> None:
    assert chosen(b.observation(2, database=b.database(2, BOTH, members=(b.member(0, BOTH),)))) is None


def test_a_node_that_lost_its_last_replica_leaves() -> None:
    assert chosen(b.observation(2, database=b.database(2, (b.collection(replicas=(0,)),)))) == [b.node(0)]


def operation(current: StepName, **changes: object) -> Operation:
    order = [StepName.COPY, StepName.WARM, StepName.SERVE]
    steps = [
        Step(name=n, target=b.node(1), state="Done" if order.index(n) < order.index(current) else "Pending")
        for n in order
    ]
    fields = {"id": "o", "kind": OperationKind.SCALE_OUT, "why": "d", "epoch": 1, "started_at": b.NOW - 60}
    return Operation.model_validate({**fields, "steps": steps, **changes})


@pytest.mark.parametrize(
    ("current", "expected"), [(StepName.COPY, None), (StepName.WARM, None), (StepName.SERVE, [b.node(0), b.node(1)])]
)
def test_a_new_copy_gets_no_traffic_before_its_turn(current: StepName, expected: list[str] | None) -> None:
    journal = Journal(operation=operation(current), serving=b.serving(0))
    assert chosen(b.observation(2, journal=journal)) == expected


def test_a_copy_whose_operation_failed_stays_out_unless_nobody_else_is_left() -> None:
    failed = operation(StepName.COPY, finished_at=b.NOW - 10, result=Result.FAILED)
    journal = Journal(history=(failed,), serving=b.serving(0))
    assert chosen(b.observation(2, journal=journal)) is None
    alone = with_pods(b.pod(0, started_at=None, ready=False), b.pod(1), journal=journal)
    assert chosen(alone) == [b.node(1)]


def test_after_a_later_success_it_is_let_in() -> None:
    failed = operation(StepName.COPY, finished_at=b.NOW - 900, result=Result.FAILED)
    mended = operation(StepName.SERVE, id="p", finished_at=b.NOW - 10, result=Result.SUCCEEDED)
    journal = Journal(history=(failed, mended), serving=b.serving(0))
    assert chosen(b.observation(2, journal=journal)) == [b.node(0), b.node(1)]


def side_by_side(first: StepName, second: StepName) -> Operation:
    """Two new nodes, each at a step of its own."""
    order = [StepName.COPY, StepName.WARM, StepName.SERVE]
    steps = tuple(
        Step(name=n, target=b.node(i), state=StepState.DONE if order.index(n) < order.index(at) else StepState.PENDING)
        for i, at in ((1, first), (2, second))
        for n in order
    )
    return operation(StepName.COPY).model_copy(update={"steps": steps})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (StepName.SERVE, StepName.SERVE, [0, 1, 2]),
        (StepName.COPY, StepName.SERVE, [0, 2]),
        (StepName.SERVE, StepName.WARM, [0, 1]),
    ],
)
def test_each_new_node_has_its_own_turn(first: StepName, second: StepName, expected: list[int]) -> None:
    journal = Journal(operation=side_by_side(first, second), serving=b.serving(0))
    assert chosen(b.observation(3, journal=journal)) == [b.node(i) for i in expected]


def test_a_node_that_served_before_another_one_failed_is_not_cold() -> None:
    steps = [
        Step(name=StepName.SERVE, target=b.node(1), state=StepState.DONE),
        Step(name=StepName.SERVE, target=b.node(2)),
    ]
    failed = operation(StepName.COPY, steps=steps, finished_at=b.NOW - 10, result=Result.FAILED)
    journal = Journal(history=(failed,), serving=b.serving(0))
    assert chosen(b.observation(3, journal=journal)) == [b.node(0), b.node(1)]


def leaving(state: StepState) -> Operation:
    step = Step(name=StepName.REMOVE_NODE, target=b.node(1), nodes=1, state=state)
    return operation(StepName.COPY, kind=OperationKind.SCALE_IN, steps=[step])


@pytest.mark.parametrize("database", [b.database(2, BOTH), BLIND])
@pytest.mark.parametrize(("state", "expected"), [(StepState.PENDING, None), (StepState.JOURNALLED, [b.node(0)])])
def test_a_node_that_goes_is_sent_nothing_from_the_beginning_of_its_step(
    state: StepState, expected: list[str] | None, database: Database | Unknown
) -> None:
    journal = Journal(operation=leaving(state), serving=b.serving(0, 1))
    assert chosen(b.observation(2, journal=journal, database=database)) == expected


def test_a_node_that_goes_is_kept_while_nobody_else_could_answer() -> None:
    journal = Journal(operation=leaving(StepState.JOURNALLED), serving=b.serving(0, 1))
    assert chosen(with_pods(b.pod(0, started_at=None, ready=False), b.pod(1), journal=journal)) == [b.node(1)]
