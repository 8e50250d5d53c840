"""SLOMet, ScalingActive, AbleToScale, ScalingLimited, Rebalancing, Paused: the words of the HPA, with its meanings."""

from vectortier.api.conditions import ConditionType
from vectortier.api.reasons import Reason
from vectortier.api.scaling import SearchObjective
from vectortier.api.vectortier import Mode
from vectortier.decide.facts.placement import is_active
from vectortier.decide.facts.versions import FIRST_SAFE, oldest_version, parse_version
from vectortier.decide.rules.damping import put_off
from vectortier.decide.rules.gates import PAUSE_ANNOTATION, PAUSE_SCALE_IN_ANNOTATION, is_set
from vectortier.decide.steps.at import under_way
from vectortier.model.journal import StepName
from vectortier.model.value import Unknown
from vectortier.report.readiness import Finding, finding
from vectortier.report.state import State

LIMITS = {
    Reason.AT_MAX_NODES,
    Reason.AT_MAX_COPIES,
    Reason.TOO_MANY_SHARDS,
    Reason.NO_ROOM_IN_MEMORY,
    Reason.NO_ROOM_ON_DISK,
    Reason.MOVEMENT_BUDGET,
}
QUIET = {Reason.TOO_FEW_REQUESTS, Reason.NO_TRAFFIC}
"""Fresh metrics that show little load: they are knowledge, so scaling is active."""
IN_THE_WAY = {
    Reason.COOLING_DOWN,
    Reason.OPERATION_FAILED,
    Reason.NODE_DEAD,
    Reason.NODE_CUT_OFF,
    Reason.NODE_NOT_READY,
    Reason.UNSCHEDULABLE,
    Reason.STORAGE_UNAVAILABLE,
    Reason.WEAVIATE_STARTING,
    Reason.RAFT_MEMBER_MISSING,
    Reason.MIXED_VERSIONS,
    Reason.FOREIGN_MOVEMENT,
    Reason.BACKUP_IN_FLIGHT,
    Reason.BACKUP_UNKNOWN,
    Reason.SHARD_READ_ONLY,
    Reason.WRITE_STORM,
    Reason.MOVEMENT_IN_FLIGHT,
    Reason.COLD_COPY,
    Reason.SICK_NODE,
    Reason.HOT_COLLECTION,
    Reason.CAUSE_UNKNOWN,
    Reason.MULTI_TENANT_ONLY,
    Reason.NO_COLLECTIONS,
    Reason.NOT_CARRIED_OUT,
    Reason.AWAITING_APPROVAL,
    Reason.OUTSIDE_WINDOW,
    Reason.SCALE_OUT_DID_NOT_HELP,
    Reason.NOT_WORTH_IT,
    Reason.LOCK_HELD,
    Reason.WAITING_FOR_SEARCHES,
}

NO_EFFECT_YET = tuple(f"vectortier.dev/{name}" for name in ("pause-rotation", "fixed-nodes"))
_BUDGET_DAYS = SearchObjective.model_fields["budget_days"].default


def scaling(state: State) -> list[Finding]:
    """All six, always."""
    return [_slo(state), _active(state), _able(state), _limited(state), _rebalancing(state), _paused(state)]


def _slo(state: State) -> Finding:
    verdict = state.verdict
    return finding(ConditionType.SLO_MET, verdict.met, verdict.reason, verdict.message)


def _active(state: State) -> Finding:
    inactive = _blind(state) or _not_acting(state)
    if inactive is not None:
        return finding(ConditionType.SCALING_ACTIVE, False, *inactive)
    text = f"the metrics are fresh and complete{_without_effect(state)}"
    return finding(ConditionType.SCALING_ACTIVE, True, Reason.AS_EXPECTED, text)


def _without_effect(state: State) -> str:
    """What somebody has asked for about scaling that is accepted and not acted upon yet."""
    spec, annotations = state.spec, state.observed.tier.annotations
    asked = [name for name in NO_EFFECT_YET if name in annotations]
    asked += ["spec.slo.search.budgetDays"] if spec.slo.search.budget_days != _BUDGET_DAYS else []
    return f"; NotImplemented, so without effect yet: {', '.join(asked)}" if asked else ""


def _blind(state: State) -> tuple[str, str] | None:
    for part in (state.observed.workload, state.observed.journal, state.observed.database):
        if isinstance(part, Unknown):
            return part.reason, part.message
    verdict = state.verdict
    return (verdict.reason, verdict.message) if verdict.met is None and verdict.reason not in QUIET else None


def _not_acting(state: State) -> tuple[str, str] | None:
    version = oldest_version(state.spec, state.observed.database)
    if parse_version(version) < FIRST_SAFE:
        return Reason.VERSION_NOT_SUPPORTED, f"Weaviate {version} is served and observed only"
    if _is_paused(state):
        return Reason.PAUSED, f"the annotation {PAUSE_ANNOTATION} is set"
    if state.spec.mode is Mode.OBSERVE:
        return Reason.OBSERVE_MODE, "mode is Observe: decisions are reported, not acted upon"
    return None


def _able(state: State) -> Finding:
    refusal = state.refusal
    if refusal is not None:
        return finding(ConditionType.ABLE_TO_SCALE, False, refusal.reason, refusal.message)
    unknown = state.observed.database
    if isinstance(unknown, Unknown):
        return finding(ConditionType.ABLE_TO_SCALE, None, unknown.reason, unknown.message)
    if state.plan.reason in IN_THE_WAY:
        return finding(ConditionType.ABLE_TO_SCALE, False, state.plan.reason, state.plan.message)
    if state.operation is not None:
        text = f"{state.operation.kind} {state.operation.id} is running"
        return finding(ConditionType.ABLE_TO_SCALE, False, Reason.OPERATION_IN_FLIGHT, text)
    later = None if state.facts is None else put_off(state.facts)
    text = "nothing stands in the way" if later is None else f"nothing else stands in the way, but {later}"
    return finding(ConditionType.ABLE_TO_SCALE, True, Reason.AS_EXPECTED, text)


def _limited(state: State) -> Finding:
    if state.plan.reason in LIMITS:
        return finding(ConditionType.SCALING_LIMITED, True, state.plan.reason, state.plan.message)
    return finding(ConditionType.SCALING_LIMITED, False, Reason.AS_EXPECTED, "the bounds do not matter at present")


def _rebalancing(state: State) -> Finding:
    operation = state.operation
    if operation is not None and any(s.name in (StepName.COPY, StepName.DROP_COPY) for s in operation.steps):
        if state.plan.reason == Reason.WAITING_FOR_SEARCHES:
            return finding(ConditionType.REBALANCING, True, state.plan.reason, state.plan.message)
        return finding(ConditionType.REBALANCING, True, under_way(operation.kind), f"{operation.kind} {operation.id}")
    active = [m for m in (state.database.movements if state.database is not None else ()) if is_active(m.state)]
    if active:
        text = f"{active[0].kind} of {active[0].collection}/{active[0].shard}, begun by somebody else"
        return finding(ConditionType.REBALANCING, True, Reason.FOREIGN_MOVEMENT, text)
    return finding(ConditionType.REBALANCING, False, Reason.AS_EXPECTED, "no shard is being copied or moved")


def _paused(state: State) -> Finding:
    if _is_paused(state):
        return finding(ConditionType.PAUSED, True, Reason.PAUSED, f"the annotation {PAUSE_ANNOTATION} is set")
    if is_set(state.observed.tier, PAUSE_SCALE_IN_ANNOTATION):
        text = f"the annotation {PAUSE_SCALE_IN_ANNOTATION} is set: nothing is taken away"
        return finding(ConditionType.PAUSED, True, Reason.PAUSED, text)
    return finding(ConditionType.PAUSED, False, Reason.AS_EXPECTED, "nothing is paused")


def _is_paused(state: State) -> bool:
    return is_set(state.observed.tier, PAUSE_ANNOTATION)
