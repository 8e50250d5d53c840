"""Status, events and records: what is told, and how seldom."""

import json
from typing import Any

import pytest

from tests.unit.decide import builders as b
from vectortier.api.conditions import Condition, ConditionStatus, ConditionType
from vectortier.api.ingestpipeline import IngestPipelineStatus
from vectortier.api.reasons import Reason
from vectortier.api.status import MAX_EXACT, PredictedStatus, VectorTierStatus
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal, Step, StepName
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import BeginOperation, ExtendOperation
from vectortier.model.value import Unknown
from vectortier.report.events import build_events
from vectortier.report.ingest import build_ingest_status
from vectortier.report.record import build_record
from vectortier.report.status import build_status
from vectortier.report.times import timestamp

DOWN = Unknown(reason="MetricsUnavailable", message="http://prometheus:9090 does not answer within 5 s")


def report(seen: Observation, previous: VectorTierStatus, later: float = 0.0, **outcome: Any) -> VectorTierStatus:
    seen = seen.model_copy(update={"now": seen.now + later})
    spec = b.spec()
    plan = decide(spec, seen, seen.now)
    return build_status(spec, seen, plan, ActionOutcome(**outcome), previous, seen.now)


def condition(status: VectorTierStatus, type_: ConditionType) -> Condition | None:
    return next((c for c in status.conditions if c.type == type_), None)


def first() -> VectorTierStatus:
    return report(b.observation(), VectorTierStatus())


def test_numbers_that_move_cause_no_write() -> None:
    status = first()
    for i, requests in enumerate((5100.0, 812.0, 9999.5)):
        seen = b.observation(load=b.load(0.002 * i, requests=requests, p99_milliseconds=90.0 + i))
        assert report(seen, status, later=15.0 * i) is status


def test_a_verdict_that_changes_is_written_with_fresh_numbers() -> None:
    status = report(b.observation(load=b.load(0.1, requests=800.0)), first(), later=15.0)
    assert status.search is not None
    assert (status.search.requests, status.search.bad_requests) == (800, 80)
    assert condition(status, ConditionType.SLO_MET).status is ConditionStatus.FALSE  # type: ignore[union-attr]


def test_another_node_in_the_same_words_is_written() -> None:
    def dead(ordinal: int) -> Observation:
        pods = tuple(b.pod(i, phase="Failed", started_at=None) if i == ordinal else b.pod(i) for i in range(3))
        return b.observation(3, workload=b.workload(3, pods=pods), journal=b.observation(1).journal)

    status = report(dead(1), VectorTierStatus())
    assert report(dead(1), status, later=15.0) is status
    assert report(dead(2), status, later=15.0) is not status


def test_the_transition_time_moves_only_when_the_status_flips() -> None:
    status = first()
    partial = Unknown(reason="MetricsPartial", message="1 of 2 gateway pods is missing")
    blind = report(b.observation(load=DOWN), status, later=100.0)
    other = report(b.observation(load=partial), blind, later=200.0)
    again = report(b.observation(), other, later=300.0)
    times = [condition(s, ConditionType.SLO_MET).last_transition_time for s in (status, blind, other, again)]  # type: ignore[union-attr]
    assert times == [timestamp(b.NOW + t) for t in (0, 100, 100, 300)]
    ready = [condition(s, ConditionType.READY).last_transition_time for s in (status, blind, other, again)]  # type: ignore[union-attr]
    assert set(ready) == {timestamp(b.NOW)}


def test_a_missed_slo_is_not_a_tier_that_is_not_ready() -> None:
    status = report(b.observation(load=b.load(0.5)), VectorTierStatus())
    assert condition(status, ConditionType.READY).status is ConditionStatus.TRUE  # type: ignore[union-attr]


def test_abnormal_conditions_are_absent_while_all_is_well() -> None:
    assert condition(first(), ConditionType.RECONCILING) is None
    assert condition(first(), ConditionType.STALLED) is None


def test_a_database_that_is_too_busy_to_answer_leaves_a_ready_tier_ready() -> None:
    busy = Unknown(reason="WeaviateUnreachable", message="no answer within 5 s")
    status = report(b.observation(database=busy), first(), later=15.0)
    assert condition(status, ConditionType.READY).status is ConditionStatus.TRUE  # type: ignore[union-attr]
    assert status.copies == 1, "as last seen"


def test_the_last_ten_different_decisions_are_kept_the_newest_first() -> None:
    status = VectorTierStatus()
    for i in range(24):
        status = report(b.observation(load=DOWN if i % 2 else b.load()), status, later=15.0 * i)
    assert len(status.decisions) == 10
    assert [d.reason for d in status.decisions[:3]] == ["MetricsUnavailable", "WithinSLO", "MetricsUnavailable"]
    assert status.decisions[0].time == timestamp(b.NOW + 15.0 * 23)


def test_what_kubernetes_refuses_is_told() -> None:
    refused = {"done": False, "reason": "ApplyRefused", "message": "StatefulSet t-weaviate: field is immutable"}
    status = report(b.observation(), VectorTierStatus(), **refused)
    stalled = condition(status, ConditionType.STALLED)
    assert stalled is not None
    assert "immutable" in stalled.message


def test_the_status_fits_its_schema_when_it_quotes_a_long_error() -> None:
    long = Unknown(reason="MetricsUnavailable", message="x" * 20000)
    status = report(b.observation(load=long, database=long), VectorTierStatus())
    assert len(status.model_dump_json()) < 30000


def test_events_tell_changes_and_nothing_else() -> None:
    status = first()
    assert build_events(VectorTierStatus(), status) == ()
    missed = report(b.observation(load=b.load(0.1)), status, later=15.0)
    events = build_events(status, missed)
    assert [(e.type, e.action, e.reason) for e in events] == [
        ("Warning", "SLOMet", "SLOMissed"),
        ("Normal", "ScaleOut", "ScaleOutNeeded"),
    ]
    assert build_events(missed, missed) == ()
    mended = report(b.observation(), missed, later=30.0)
    assert [(e.type, e.reason) for e in build_events(missed, mended)] == [("Normal", "WithinSLO")]


def test_a_different_decision_is_one_event() -> None:
    status = first()
    for later, (seen, expected) in enumerate(
        (
            (b.observation(load=DOWN), [("Warning", "SLOMet", "MetricsUnavailable")]),
            (b.observation(load=DOWN), []),
            (b.observation(), [("Normal", "SLOMet", "WithinSLO")]),
            (b.observation(load=b.load(0.1, missed_seconds=1.0)), [("Normal", "Hold", "Stabilizing")]),
            (b.observation(load=b.load(0.1)), [("Normal", "ScaleOut", "ScaleOutNeeded")]),
        ),
        1,
    ):
        after = report(seen, status, later=15.0 * later)
        newest = after.decisions[0].reason
        events = [(e.type, e.action, e.reason) for e in build_events(status, after) if e.reason == newest]
        assert events == expected
        status = after


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f600", '"', "\n", "\x00"])
def test_ten_decisions_stay_below_ten_kilobytes_whatever_they_quote(letter: str) -> None:
    status = VectorTierStatus()
    for i in range(12):
        down = Unknown(reason="MetricsUnavailable" if i % 2 else "MetricsPartial", message=letter * 5000)
        status = report(b.observation(load=down), status, later=15.0 * i)
    worst = status.decisions[0].model_copy(
        update={
            "action": "ScaleOut",
            "reason": max(Reason, key=len),
            "nodes": 1000,
            "copies": 1000,
            "predicted": PredictedStatus(bytes=MAX_EXACT, seconds=MAX_EXACT, p99_milliseconds=MAX_EXACT),
        }
    )
    ten = [one.model_dump(mode="json", by_alias=True) for one in (worst,) * 10]
    assert len(status.decisions) == 10
    assert worst.message.endswith("…")
    assert len(json.dumps(ten, ensure_ascii=False, separators=(",", ":")).encode()) < 10_000


def test_longer_messages_of_an_earlier_version_are_cut_too() -> None:
    status = first()
    long = status.decisions[0].model_copy(update={"message": "x" * 1024, "id": "", "learned_hash": ""})
    status = status.model_copy(update={"decisions": (long,) * 10})
    after = report(b.observation(load=DOWN), status, later=15.0)
    assert {len(d.message) < 620 for d in after.decisions[1:]} == {True}


def test_a_decision_says_what_it_was_made_with_and_what_it_was_predicted_to_cost() -> None:
    seen = b.observation(load=b.load(0.1, volume_bytes=((b.node(0), 5e9),)))
    [decision] = report(seen, VectorTierStatus()).decisions
    plan = decide(b.spec(), seen, seen.now)
    assert decision.id == plan.id
    assert decision.learned_hash == build_record(seen, plan)["learnedHash"]
    assert decision.predicted is not None
    assert decision.predicted.bytes == build_record(seen, plan)["predicted"]["bytes"]
    assert first().decisions[0].predicted is None


def test_an_operation_that_is_made_larger_is_another_decision_with_the_cost_of_what_is_added() -> None:
    seen = b.observation(load=b.load(0.1))
    begun = report(seen, VectorTierStatus())
    plan = decide(b.spec(), seen, seen.now)
    assert isinstance(plan.action, BeginOperation)
    operation = plan.action.operation
    added = Step(name=StepName.COPY, target=b.node(2), added_at=b.NOW + 30, predicted=Cost(bytes=7, seconds=8.0))
    more = operation.model_copy(update={"steps": (*operation.steps, added), "nodes": 3, "copies": 3})
    larger = plan.model_copy(update={"action": ExtendOperation(operation=more), "nodes": 3, "copies": 3})
    seen = seen.model_copy(update={"journal": Journal(operation=operation), "now": b.NOW + 30})
    status = build_status(b.spec(), seen, larger, ActionOutcome(), begun, seen.now)
    assert [(d.action, d.nodes) for d in status.decisions] == [("ScaleOut", 3), ("ScaleOut", 2)]
    assert status.decisions[0].predicted == PredictedStatus(bytes=7, seconds=8)


@pytest.mark.parametrize("load", [b.load(0.1), DOWN, b.load(short=DOWN, missed_seconds=DOWN)])
def test_a_record_says_from_what_and_why(load: Any) -> None:
    seen = b.observation(load=load)
    plan = decide(b.spec(), seen, seen.now)
    record = json.loads(json.dumps(build_record(seen, plan)))
    assert record["decision"] == plan.id
    assert [v["rule"] for v in record["verdicts"]] == [v.rule for v in plan.verdicts]
    if isinstance(load, Unknown):
        assert record["inputs"]["unknown"] == {"load": "MetricsUnavailable"}
    else:
        assert record["inputs"]["long"]["ageSeconds"] == 3.0
        assert record["inputs"]["long"]["requests"] == 5000.0


def test_an_ingest_pipeline_says_that_it_is_not_run_and_says_it_once() -> None:
    status = build_ingest_status(1, IngestPipelineStatus(), b.NOW)
    assert [(c.type, c.status, c.reason) for c in status.conditions] == [("Ready", "False", "NotImplemented")]
    assert build_ingest_status(1, status, b.NOW + 60) == status
