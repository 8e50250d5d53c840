"""Volumes become larger: what is begun, what holds it, and what it never does."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from vectortier.api.reasons import Reason
from vectortier.decide.facts.lanes import may_run
from vectortier.decide.operation import operation_in_flight
from vectortier.decide.rules.resize import resize_volumes
from vectortier.decide.rules.room import room_on_disk
from vectortier.decide.ruling import Ruling
from vectortier.decide.tier import decide
from vectortier.model.journal import Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.load import Utilisation
from vectortier.model.observation import Observation
from vectortier.model.plan import (
    BeginOperation,
    CompleteStep,
    EndOperation,
    ExpandVolume,
    JournalStep,
    Outcome,
    RecreateStatefulSet,
)
from vectortier.model.workload import Volume

GIB = 1024**3
LARGER: dict[str, Any] = {"weaviate": {"storage": {"size": "20Gi"}}}
FIXED = {"nodes": {"min": 2, "max": 2}, "copies": {"min": 1, "max": 2}}


def volume(ordinal: int, asked: int | None = 10, has: int | None = None, **changes: Any) -> Volume:
    """One that asks for so many GiB, and has them unless it is said what it has."""
    capacity = asked if has is None else has
    return Volume(
        name=f"data-{b.node(ordinal)}",
        uid=f"claim-{ordinal}",
        node=b.node(ordinal),
        requested_bytes=None if asked is None else asked * GIB,
        capacity_bytes=None if capacity is None else capacity * GIB,
        **changes,
    )


def seen(*volumes: Volume, new: int | None = 10, journal: Journal | None = None, **changes: Any) -> Observation:
    """A tier of two nodes with these volumes, where a node that is added gets so many GiB."""
    workload = b.workload(2, volumes=volumes, new_volume_bytes=None if new is None else new * GIB, **changes)
    return b.observation(2, workload=workload, journal=journal or Journal(serving=b.serving(0, 1)))


def begun(observed: Observation, **spec: Any) -> list[tuple[str, str | None]]:
    """The steps of what is begun for a size of 20Gi, with their nodes; none when nothing is."""
    ruling = resize_volumes(facts(observed, **LARGER, **spec))
    if ruling is None:
        return []
    assert isinstance(ruling.action, BeginOperation)
    assert ruling.action.operation.kind is OperationKind.RESIZE_VOLUMES
    return [(step.name, step.target) for step in ruling.action.operation.steps]


def under_way(*steps: Step) -> Journal:
    kind = OperationKind.RESIZE_VOLUMES
    operation = Operation(id="o", kind=kind, why="d", epoch=1, started_at=b.NOW - 60, nodes=2, copies=2, steps=steps)
    return Journal(operation=operation, serving=b.serving(0, 1))


def expanding(**changes: Any) -> Step:
    base = {"name": StepName.EXPAND_VOLUME, "target": b.node(0), "size": "20Gi", "state": StepState.JOURNALLED}
    return Step(**{**base, "started_at": b.NOW - 5, **changes})


def recreating(**changes: Any) -> Step:
    base = {"name": StepName.RECREATE_STATEFUL_SET, "nodes": 2, "size": "20Gi", "state": StepState.JOURNALLED}
    return Step(**{**base, "started_at": b.NOW - 5, **changes})


def ruled(observed: Observation) -> Ruling:
    ruling = operation_in_flight(facts(observed, **LARGER))
    assert ruling is not None
    return ruling


EXPAND = [("ExpandVolume", b.node(0)), ("ExpandVolume", b.node(1))]
RECREATE = [("RecreateStatefulSet", None)]


@pytest.mark.parametrize(
    ("observed", "steps"),
    [
        pytest.param(seen(volume(0), volume(1)), EXPAND + RECREATE, id="all of them"),
        pytest.param(seen(volume(0), volume(1), new=20), EXPAND, id="volumes of a former tier, kept"),
        pytest.param(seen(volume(0, 20), volume(1, 30)), RECREATE, id="they were made larger by hand"),
        pytest.param(seen(volume(0, 20), volume(1, 30), new=20), [], id="as it should be"),
        pytest.param(seen(volume(0, 20), volume(1, 20), volume(2), new=20), [], id="a node that was taken away"),
        pytest.param(seen(volume(0, None), volume(1, 20), new=None), [], id="not known is not small"),
        pytest.param(seen(volume(0, 20, 10), volume(1, 20), new=20), [], id="asked for, and on its way"),
        pytest.param(
            seen(volume(0), volume(1), unbound_volumes=(f"data-{b.node(0)}",)),
            EXPAND[1:] + RECREATE,
            id="one that is not bound cannot be changed",
        ),
        pytest.param(
            seen(volume(0), volume(1), pods=(b.pod(0), b.pod(1, terminating=True))), [], id="a pod ends at the moment"
        ),
        pytest.param(seen(volume(0), volume(1), pods=(b.pod(0),)), [], id="a pod is missing"),
    ],
)
def test_what_is_begun(observed: Observation, steps: list[tuple[str, str | None]]) -> None:
    assert begun(observed) == steps


def test_after_a_failure_the_tier_goes_on_and_it_is_tried_again_later_or_for_a_new_spec() -> None:
    operation = under_way(expanding(refusal="no")).operation
    assert operation is not None
    failed = operation.model_copy(update={"finished_at": b.NOW - 60, "result": Result.FAILED, "generation": 1})
    journal = Journal(history=(failed,), serving=b.serving(0, 1))
    observed = seen(volume(0), volume(1), journal=journal)
    assert begun(observed) == []
    plan = decide(b.spec(**FIXED, **LARGER), observed, observed.now)
    assert plan.reason == Reason.WITHIN_SLO
    assert begun(observed.model_copy(update={"tier": b.identity(generation=2)})) == EXPAND + RECREATE
    later = facts(observed, **LARGER)
    assert resize_volumes(replace(later, now=b.NOW + 1800)) is not None


@pytest.mark.parametrize(
    ("spec", "annotations", "reason"),
    [
        ({"mode": "Observe"}, {}, Reason.OBSERVE_MODE),
        ({}, {"vectortier.dev/pause": "true"}, Reason.PAUSED),
        ({"rebalance": {"approval": "Manual"}}, {}, Reason.AWAITING_APPROVAL),
    ],
    ids=["observed only", "paused", "nobody has agreed"],
)
def test_it_is_held_like_other_operations(spec: dict[str, Any], annotations: dict[str, str], reason: Reason) -> None:
    observed = seen(volume(0), volume(1)).model_copy(update={"tier": b.identity(annotations=annotations)})
    plan = decide(b.spec(**FIXED, **LARGER, **spec), observed, observed.now)
    assert (plan.action, plan.reason) == (None, reason)


def test_what_was_agreed_to_is_this_size_and_no_other() -> None:
    manual = {**FIXED, "rebalance": {"approval": "Manual"}}
    observed, hashes = seen(volume(0), volume(1)), []
    for size in ("20Gi", "30Gi"):
        plan = decide(b.spec(**manual, weaviate={"storage": {"size": size}}), observed, observed.now)
        hashes.append(plan.proposal_hash)
    assert hashes[0] != hashes[1]
    tier = b.identity(annotations={"vectortier.dev/approve": hashes[0]})
    agreed = decide(b.spec(**manual, **LARGER), observed.model_copy(update={"tier": tier}), observed.now)
    assert isinstance(agreed.action, BeginOperation)


def test_nothing_urgent_waits_with_what_waits_for_somebody_to_agree() -> None:
    observed = seen(volume(0), volume(1), pods=(b.pod(0), b.pod(1, outdated=True)))
    observed = observed.model_copy(update={"load": b.load(bad=0.1)})
    spec = {"nodes": {"min": 1, "max": 4}, "copies": {"min": 1, "max": 4}, "rebalance": {"approval": "Manual"}}
    plan = decide(b.spec(**spec, **LARGER), observed, observed.now)
    asked = [verdict.rule for verdict in plan.verdicts]
    assert (asked.count("resize_volumes"), "cooled_down" in asked or "nodes_cure_it" in asked) == (1, True)


def test_a_restart_that_waits_as_well_holds_nothing_up_either() -> None:
    observed = seen(volume(0), volume(1), pods=(b.pod(0), b.pod(1, outdated=True)))
    spec = {"nodes": {"min": 1, "max": 1}, "copies": {"min": 1, "max": 1}, "rebalance": {"approval": "Manual"}}
    plan = decide(b.spec(**spec, **LARGER), observed, observed.now)
    proposed = [verdict.rule for verdict in plan.verdicts if verdict.outcome is Outcome.PROPOSE]
    assert proposed == ["resize_volumes", "restart_outdated", "scale_in"]


def test_an_old_weaviate_gets_larger_volumes_since_no_data_is_moved() -> None:
    old = b.database(2, members=tuple(b.member(i, (b.collection(),), version="1.30.0") for i in range(2)))
    observed = seen(volume(0), volume(1)).model_copy(update={"database": old})
    plan = decide(b.spec(**FIXED, weaviate={"version": "1.30.0", **LARGER["weaviate"]}), observed, observed.now)
    assert isinstance(plan.action, BeginOperation)


def test_a_claim_is_asked_for_the_size_that_the_journal_has_and_not_for_a_later_one() -> None:
    observed = seen(volume(0), volume(1), journal=under_way(expanding()))
    ruling = operation_in_flight(facts(observed, weaviate={"storage": {"size": "99Gi"}}))
    assert ruling is not None
    assert ruling.action == ExpandVolume(index=0, claim=f"data-{b.node(0)}", size="20Gi")


@pytest.mark.parametrize(
    ("step", "has", "action"),
    [
        (expanding(state=StepState.PENDING), 10, JournalStep),
        (expanding(), 10, ExpandVolume),
        (expanding(), 20, CompleteStep),
        (expanding(state=StepState.PENDING), 40, CompleteStep),
        (expanding(refusal="it may not"), 10, EndOperation),
        (expanding(started_at=b.NOW - 301), 10, EndOperation),
        (expanding(refusal="it may not"), 20, CompleteStep),
    ],
    ids=["first noted", "then asked for", "read back", "larger already", "refused", "no answer", "somebody else could"],
)
def test_a_claim_is_expanded(step: Step, has: int, action: type[object]) -> None:
    assert isinstance(ruled(seen(volume(0, has), volume(1, 20), journal=under_way(step))).action, action)


@pytest.mark.parametrize(
    ("observed", "action"),
    [
        (seen(volume(0, 20), volume(1, 20), journal=under_way(recreating(state=StepState.PENDING))), JournalStep),
        (seen(volume(0, 20), volume(1, 20), journal=under_way(recreating())), RecreateStatefulSet),
        (seen(volume(0, 20), volume(1, 20), new=20, journal=under_way(recreating())), CompleteStep),
        (
            seen(
                volume(0, 20),
                volume(1, 20),
                stateful_set_ending=True,
                journal=under_way(recreating(started_at=b.NOW - 9999)),
            ),
            type(None),
        ),
        (seen(volume(0, 20), volume(1, 20, owned=True), journal=under_way(recreating())), type(None)),
        (seen(volume(0, 20), volume(1, 20), pods=(b.pod(0),), journal=under_way(recreating())), type(None)),
        (seen(volume(0, 20), volume(1, 20), journal=under_way(recreating(nodes=3))), EndOperation),
        (seen(volume(0, 20), volume(1, 20), journal=under_way(recreating(started_at=b.NOW - 301))), EndOperation),
    ],
    ids=[
        "first noted",
        "then deleted",
        "made anew",
        "never given up while it ends",
        "a claim would go with it",
        "a pod is being made",
        "somebody has scaled it",
        "it cannot be deleted",
    ],
)
def test_the_stateful_set_is_made_anew(observed: Observation, action: type[object]) -> None:
    assert isinstance(ruled(observed).action, action)


def test_it_goes_only_after_every_claim_was_let_become_larger() -> None:
    journal = under_way(expanding(), expanding(target=b.node(1)), recreating(state=StepState.PENDING))
    assert isinstance(ruled(seen(volume(0, 20), volume(1), journal=journal)).action, CompleteStep)
    assert journal.operation is not None
    assert may_run(journal.operation, 1) == (0, 1)
    (done, second, last) = journal.operation.steps
    done = done.model_copy(update={"state": StepState.DONE})
    assert isinstance(ruled(seen(volume(0, 20), volume(1), journal=under_way(done, second, last))).action, ExpandVolume)


@pytest.mark.parametrize(("state", "ends"), [(StepState.PENDING, True), (StepState.JOURNALLED, False)])
def test_it_is_cancelled_unless_the_stateful_set_may_be_gone(state: StepState, ends: bool) -> None:
    observed = seen(volume(0, 20), volume(1, 20), journal=under_way(recreating(state=state)))
    tier = b.identity(annotations={"vectortier.dev/cancel": "o"})
    ruling = ruled(observed.model_copy(update={"tier": tier}))
    assert isinstance(ruling.action, EndOperation) is ends


@pytest.mark.parametrize(
    ("volumes", "new", "share"),
    [
        pytest.param((), None, "60%", id="nothing is known of their sizes: alike"),
        pytest.param((volume(0, 10), volume(1, 10)), 10, "60%", id="alike"),
        pytest.param((volume(0, 20), volume(1, 20)), 10, "120%", id="larger ones, and a new one of the old size"),
        pytest.param((volume(0, 20, 10), volume(1, 20, 10)), 20, "30%", id="a larger new one beside those that grow"),
    ],
)
def test_what_a_copy_takes_is_told_in_bytes_where_volumes_differ(
    volumes: tuple[Volume, ...], new: int | None, share: str
) -> None:
    disk = (Utilisation(node=b.node(0), fraction=0.6), Utilisation(node=b.node(1), fraction=0.6))
    observed = seen(*volumes, new=new).model_copy(update={"load": b.load(bad=0.1, disk=disk)})
    ruling = room_on_disk(facts(observed))
    assert ruling is not None
    assert f"{b.node(2)} would use {share}" in ruling.message
    assert (ruling.outcome is Outcome.HOLD) is (share == "120%")
