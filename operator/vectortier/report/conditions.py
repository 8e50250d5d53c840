"""Conditions with their times.

The rules of lastTransitionTime: a new condition gets the time of this look, one whose status has flipped as well, and
one whose status is the same keeps the time that it had, whatever happened to its reason and message.
"""

from collections.abc import Sequence

from vectortier.api.conditions import Condition, ConditionType
from vectortier.api.reasons import Reason
from vectortier.report.readiness import Finding, finding, readiness
from vectortier.report.scaling import scaling
from vectortier.report.state import State
from vectortier.report.times import timestamp


def build_conditions(state: State) -> tuple[Condition, ...]:
    """Every condition of a VectorTier, in a fixed order."""
    found = [*readiness(state), *scaling(state), *_not_implemented(state)]
    return with_times(found, state.previous.conditions, state.observed.tier.generation, state.now)


def with_times(
    found: Sequence[Finding], previous: Sequence[Condition], generation: int, now: float
) -> tuple[Condition, ...]:
    """The findings as conditions, each with the time at which its status last changed."""
    before = {c.type: c for c in previous}
    conditions = []
    for one in found:
        old = before.get(one.type)
        kept = old is not None and old.status is one.status and old.last_transition_time
        conditions.append(
            Condition(
                type=one.type,
                status=one.status,
                reason=one.reason,
                message=one.message,
                observed_generation=generation,
                last_transition_time=old.last_transition_time if old is not None and kept else timestamp(now),
            )
        )
    return tuple(conditions)


def _not_implemented(state: State) -> list[Finding]:
    found = []
    if state.spec.rotation is not None:
        text = "spec.rotation is accepted and not acted upon yet"
        found.append(finding(ConditionType.ROTATING, False, Reason.NOT_IMPLEMENTED, text))
    if state.spec.tenancy is not None:
        text = "spec.tenancy is accepted and not acted upon yet"
        found.append(finding(ConditionType.QUOTA_EXCEEDED, False, Reason.NOT_IMPLEMENTED, text))
    return found
