"""The status of a tier whose spec this version of the operator cannot read."""

from collections.abc import Sequence

from vectortier.api.conditions import ConditionType
from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus
from vectortier.report.conditions import with_times
from vectortier.report.readiness import finding


def build_invalid_status(
    problems: Sequence[str], generation: int, previous: VectorTierStatus, now: float
) -> VectorTierStatus:
    """The previous status, in which the problems stand for what could be said of the tier."""
    message = "; ".join(problems)
    found = [
        finding(ConditionType.READY, False, Reason.INVALID_SPEC, message),
        finding(ConditionType.STALLED, True, Reason.INVALID_SPEC, message),
    ]
    others = [condition for condition in previous.conditions if condition.type not in {one.type for one in found}]
    conditions = (*with_times(found, previous.conditions, generation, now), *others)
    return previous.model_copy(update={"observed_generation": generation, "conditions": conditions})
