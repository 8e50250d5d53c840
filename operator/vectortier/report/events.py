"""What has changed since the last report, as Kubernetes Events. Pure values; whoever writes them is elsewhere."""

from dataclasses import dataclass

from vectortier.api.conditions import Condition, ConditionStatus, ConditionType
from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus

BAD_WHEN: dict[str, ConditionStatus] = {
    ConditionType.READY: ConditionStatus.FALSE,
    ConditionType.SLO_MET: ConditionStatus.FALSE,
    ConditionType.STALLED: ConditionStatus.TRUE,
    ConditionType.SCALING_LIMITED: ConditionStatus.TRUE,
}
"""The conditions whose changes people want to hear of, and when they are a warning."""

TROUBLE: frozenset[str] = frozenset(
    {
        *(Reason.INVALID_SPEC, Reason.VERSION_NOT_SUPPORTED, Reason.KEYS_MISSING, Reason.STORAGE_UNAVAILABLE),
        *(Reason.UNSCHEDULABLE, Reason.WEAVIATE_UNREACHABLE, Reason.NODE_DEAD, Reason.NODE_CUT_OFF),
        *(Reason.MIXED_VERSIONS, Reason.RAFT_MEMBER_MISSING, Reason.BACKUP_UNKNOWN, Reason.SHARD_READ_ONLY),
        *(Reason.METRICS_UNAVAILABLE, Reason.METRICS_STALE, Reason.METRICS_PARTIAL, Reason.METRICS_INVALID),
        *(Reason.TOO_MANY_SHARDS, Reason.AT_MAX_NODES, Reason.AT_MAX_COPIES, Reason.NO_ROOM_IN_MEMORY),
        *(Reason.NO_ROOM_ON_DISK, Reason.JOURNAL_UNREADABLE, Reason.LOCK_HELD, Reason.STEP_REFUSED),
        *(Reason.TARGET_UNSCHEDULABLE, Reason.COPY_FAILED, Reason.OPERATION_FAILED, Reason.SLO_BETWEEN_BUCKETS),
        *(Reason.WRITE_STORM, Reason.SICK_NODE, Reason.HOT_COLLECTION, Reason.CAUSE_UNKNOWN),
        *(Reason.SCALE_OUT_DID_NOT_HELP, Reason.NOT_WORTH_IT, Reason.STILL_HOLDS_DATA, Reason.VOLUME_KEPT),
    }
)
"""Reasons of decisions that somebody has to look into; the others are what the operator is meant to do."""


@dataclass(frozen=True)
class Event:
    """`type` is Normal or Warning; `action` says what was done, as the events API wants it."""

    type: str
    reason: str
    action: str
    message: str


def build_events(previous: VectorTierStatus, status: VectorTierStatus) -> tuple[Event, ...]:
    """Events for what the new status says and the previous one did not. None for a status that is unchanged."""
    if status == previous:
        return ()
    conditions, decision = _conditions(previous, status), _decision(previous, status)
    if decision is None or any(event.reason == decision.reason for event in conditions):
        return tuple(conditions)
    return (*conditions, decision)


def _conditions(previous: VectorTierStatus, status: VectorTierStatus) -> list[Event]:
    before = {c.type: c for c in previous.conditions}
    events = []
    for condition in status.conditions:
        bad = BAD_WHEN.get(condition.type)
        old = before.get(condition.type)
        if bad is None or (old is not None and old.status is condition.status):
            continue
        if old is None and condition.status is not bad:
            continue  # the first look at a tier that is well is no news
        events.append(_event(condition, _type(condition.reason, bad=condition.status is bad)))
    return events


def _event(condition: Condition, type_: str) -> Event:
    message = f"{condition.type} is {condition.status}: {condition.message}"
    return Event(type_, condition.reason, str(condition.type), message)


def _type(reason: str, *, bad: bool) -> str:
    """Whether somebody has to look into it."""
    return "Warning" if bad or reason in TROUBLE else "Normal"


def _decision(previous: VectorTierStatus, status: VectorTierStatus) -> Event | None:
    """The newest decision when it is a different one. That nothing is done about a new tier that is well is no news."""
    newest = status.decisions[0] if status.decisions else None
    if newest is None or previous.decisions[:1] == status.decisions[:1]:
        return None
    type_ = _type(newest.reason, bad=False)
    if not previous.decisions and newest.action == "Hold" and type_ == "Normal":
        return None
    return Event(type_, newest.reason, newest.action, newest.message)
