"""Which fault comes next, and what the file of results says."""

from pathlib import Path
from typing import Any

from tests.chaos.campaign import Campaigns
from tests.chaos.evidence import Evidence
from tests.chaos.faults.catalogue import NOTHING, OPERATOR_DIES, catalogue
from tests.chaos.faults.fault import Fault
from tests.chaos.run import Outcome
from tests.chaos.subject import Direction


def outcome(fault: Fault, **changes: Any) -> Outcome:
    base: dict[str, Any] = {
        "seconds": 100.0,
        "hits": ("hit",),
        "missed": "",
        "answered": 1000,
        "failed_searches": 2,
        "partial": (),
        "acknowledged": 500,
        "failed_writes": 1,
        "evidence": Evidence(),
        "broken": (),
        "converged": True,
        "lacking": "",
        "asked": 0,
        "effects": {"POST /v1/replication/replicate": 3},
        "unanswered": {},
        "operations": ("ScaleOut Succeeded",),
    }
    return Outcome(fault=fault, **{**base, **changes})


def find(kind: str, direction: Direction = Direction.OUT) -> Fault:
    return next(fault for fault in catalogue() if fault.kind == kind and fault.direction is direction)


def test_the_undisturbed_run_comes_first_and_once() -> None:
    campaigns, seen = Campaigns(), []
    for _ in range(30):
        fault = campaigns.next(catalogue(), Direction.OUT)
        seen.append(fault.kind)
        campaigns.add(outcome(fault))
    assert seen[0] == NOTHING
    assert seen.count(NOTHING) == 1


def test_every_kind_comes_before_any_comes_again_and_every_movement_state_with_it() -> None:
    campaigns = Campaigns()
    faults = [fault for fault in catalogue() if fault.direction is Direction.OUT]
    kinds = {fault.kind for fault in faults}
    for _ in range(len(kinds) + 3):  # the operator's deaths come more often
        campaigns.add(outcome(campaigns.next(faults, Direction.OUT)))
    assert {entry["kind"] for entry in campaigns.log} == kinds
    movers = ("source ", "target ", "bystander ")
    states = {entry["when"] for entry in campaigns.log if entry["kind"].startswith(movers)}
    assert states == {"REGISTERED", "HYDRATING", "FINALIZING", "INTEGRATING"}


def test_campaigns_go_on_where_the_last_one_ended(tmp_path: Path) -> None:
    path = tmp_path / "chaos.json"
    first = Campaigns.read(path)
    first.add(outcome(find(NOTHING)))
    first.coverage["ScaleOut"] = {"killed before lock taken": 1}
    first.write(path)
    second = Campaigns.read(path)
    assert len(second.log) == 1
    assert second.coverage == first.coverage
    assert second.next(catalogue(), Direction.OUT).kind != NOTHING


def test_totals_count_what_was_lost_and_leave_out_faults_that_did_not_happen() -> None:
    campaigns = Campaigns()
    campaigns.add(outcome(find(OPERATOR_DIES), evidence=Evidence(lost=("a", "b"), changed=("c",)), partial=("d",)))
    campaigns.add(outcome(find(OPERATOR_DIES), missed="no movement was seen", converged=False))
    row = campaigns.by_fault()[f"ScaleOut: {find(OPERATOR_DIES).name}"]
    assert (row["runs"], row["lost"], row["changed"], row["silent_partial"], row["converged"]) == (1, 2, 1, 1, 1)


def test_a_change_that_is_made_twice_is_told() -> None:
    campaigns = Campaigns()
    campaigns.add(outcome(find(NOTHING)))
    entry = campaigns.add(outcome(find(OPERATOR_DIES), effects={"POST /v1/replication/replicate": 4}))
    assert len(entry["broken"]) == 1
    assert campaigns.add(outcome(find(OPERATOR_DIES)))["broken"] == []


def test_a_volume_that_the_first_growth_did_not_find_may_be_purged_once_and_not_twice() -> None:
    campaigns, copies = Campaigns(), {"POST /v1/replication/replicate": 3}
    campaigns.add(outcome(find(NOTHING)))
    once = campaigns.add(outcome(find(OPERATOR_DIES), effects={**copies, "DELETE persistentvolumeclaims": 1}))
    twice = campaigns.add(outcome(find(OPERATOR_DIES), effects={**copies, "DELETE persistentvolumeclaims": 2}))
    assert (once["broken"], len(twice["broken"])) == ([], 1)


def test_a_change_without_an_answer_may_have_been_made() -> None:
    campaigns, put = Campaigns(), "PUT /v1/schema/Document"
    campaigns.add(outcome(find(NOTHING), effects={put: 1}))
    perhaps = campaigns.add(outcome(find("answers late"), effects={}, unanswered={put: 1}))
    never = campaigns.add(outcome(find("answers late"), effects={}))
    assert (perhaps["broken"], len(never["broken"])) == ([], 1)


def test_what_was_never_tried_in_any_operation_comes_first() -> None:
    campaigns = Campaigns()
    for direction in (Direction.OUT, Direction.IN):
        campaigns.add(outcome(find(NOTHING, direction)))
    campaigns.add(outcome(find("voter killed", Direction.RESTART)))
    assert campaigns.next([find("voter killed", Direction.IN), find("answers lost", Direction.IN)], Direction.IN) == (
        find("answers lost", Direction.IN)
    )
