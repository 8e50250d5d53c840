"""What has changed since the last report, as Kubernetes Events. Pure values; whoever writes them is elsewhere."""

from dataclasses import dataclass

from vectortier.api.conditions import Condition, ConditionStatus, ConditionType
from vectortier.api.status import VectorTierStatus

BAD_WHEN: dict[str, ConditionStatus] = {
    ConditionType.READY: ConditionStatus.FALSE,
    ConditionType.SLO_MET: ConditionStatus.FALSE,
    ConditionType.STALLED: ConditionStatus.TRUE,
    ConditionType.SCALING_LIMITED: ConditionStatus.TRUE,
}
"""The conditions whose changes people want to hear of, and when they are a warning."""


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
    return (*_conditions(previous, status), *_decisions(previous, status))


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
        events.append(_event(condition, "Warning" if condition.status is bad else "Normal"))
    return events


def _event(condition: Condition, type_: str) -> Event:
    message = f"{condition.type} is {condition.status}: {condition.message}"
    return Event(type_, condition.reason, str(condition.type), message)


def _decisions(previous: VectorTierStatus, status: VectorTierStatus) -> list[Event]:
    """The newest decision when it is new and does something."""
    newest = status.decisions[0] if status.decisions else None
    if newest is None or newest.action == "Hold" or previous.decisions[:1] == status.decisions[:1]:
        return []
    return [Event("Normal", newest.reason, newest.action, newest.message)]
