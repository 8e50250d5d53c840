"""Ready, Reconciling and Stalled: is the tier what the spec asks for, is work going on, does somebody have to help?

A missed SLO is not a tier that is not ready.
"""

from dataclasses import dataclass

from vectortier.api.conditions import ConditionStatus, ConditionType
from vectortier.api.reasons import Reason
from vectortier.api.validation import tier_problems
from vectortier.api.vectortier import Authentication
from vectortier.children import names
from vectortier.children.keys import SECRET_KEYS
from vectortier.decide.facts.homeless import why_homeless
from vectortier.decide.facts.look import is_running, node_name
from vectortier.decide.facts.placement import ALIVE
from vectortier.decide.steps.at import under_way
from vectortier.model.journal import RESTARTS, OperationKind, Result, StepName, StepState
from vectortier.model.value import Unknown
from vectortier.report.state import State
from vectortier.report.volumes import growing_volumes, volumes_that_stay_small

STUCK = {
    Reason.INVALID_SPEC,
    Reason.KEYS_MISSING,
    Reason.STORAGE_UNAVAILABLE,
    Reason.UNSCHEDULABLE,
    Reason.TARGET_UNSCHEDULABLE,
    Reason.APPLY_REFUSED,
    Reason.JOURNAL_UNREADABLE,
    Reason.VOLUME_KEPT,
    Reason.VOLUME_NOT_EXPANDABLE,
}
"""Reasons that stay until somebody changes something."""
STALLED = STUCK | {Reason.NOT_IMPLEMENTED, Reason.OPERATION_FAILED}
"""What Stalled can have as its reason: each has a page in docs/stalled/."""
NODE_TROUBLE = {Reason.NODE_DEAD, Reason.NODE_CUT_OFF, Reason.UNSCHEDULABLE, Reason.STORAGE_UNAVAILABLE}


@dataclass(frozen=True)
class Finding:
    """A condition without the times that the past gives it."""

    type: ConditionType
    status: ConditionStatus
    reason: str
    message: str


def finding(type_: ConditionType, status: bool | None, reason: str, message: str) -> Finding:
    """None is Unknown."""
    words = {True: ConditionStatus.TRUE, False: ConditionStatus.FALSE, None: ConditionStatus.UNKNOWN}
    return Finding(type_, words[status], str(reason), message)


def readiness(state: State) -> list[Finding]:
    """Ready always, Reconciling and Stalled only while they are true."""
    ready = _ready(state)
    found = [ready]
    going_on = _going_on(state, ready)
    if going_on is not None:
        found.append(finding(ConditionType.RECONCILING, True, *going_on))
    stuck = _stuck(state, ready)
    if stuck is not None:
        found.append(finding(ConditionType.STALLED, True, *stuck))
    return found


def _ready(state: State) -> Finding:
    trouble = _objects_trouble(state) or _why_nobody_serves(state) or _gateway_trouble(state) or _cluster_trouble(state)
    if trouble is not None:
        return finding(ConditionType.READY, *trouble)
    count = len(state.serving)
    text = f"{count} of {_desired(state)} nodes serve{_outdated(state)}"
    return finding(ConditionType.READY, True, Reason.AS_EXPECTED, text)


def _outdated(state: State) -> str:
    """A change of the spec arrives node by node, so it has to be said where it has not."""
    pods = state.workload.pods if state.workload is not None else ()
    found = sorted(p.name for p in pods if p.outdated)
    if not found:
        return ""
    return f"; {', '.join(found)} started before the last change of the spec and {_are(found)} to be restarted"


def _are(found: list[str]) -> str:
    return "is" if len(found) == 1 else "are"


def _objects_trouble(state: State) -> tuple[bool | None, str, str] | None:
    """What Kubernetes alone can tell."""
    workload = state.observed.workload
    if state.observed.tier.deleting:
        return False, Reason.DELETING, "the tier is being deleted"
    if isinstance(workload, Unknown):
        return None, workload.reason, workload.message
    if workload.missing_keys:
        return False, Reason.KEYS_MISSING, _keys_trouble(state)
    if not workload.stateful_set_exists:
        return False, Reason.PROGRESSING, "the StatefulSet does not exist yet"
    return None


def _keys_trouble(state: State) -> str:
    brought = state.spec.weaviate.keys_secret_ref
    name = brought.name if brought else names.generated_keys(state.observed.tier.name)
    text = f"the Secret {name} is missing or lacks one of {', '.join(SECRET_KEYS)}"
    pods = state.workload.pods if state.workload is not None else ()
    if brought or not any(is_running(pod) for pod in pods):
        return text
    workload = names.weaviate(state.observed.tier.name)
    return f"{text}; running nodes have what it held: bring it back, or delete all pods of {workload} to get new keys"


def _gateway_trouble(state: State) -> tuple[bool | None, str, str] | None:
    """Nobody answers at the front door."""
    if state.workload is None or not state.serving or state.workload.gateway_ready_replicas > 0:
        return None
    return False, Reason.GATEWAY_NOT_READY, f"0 of {state.workload.gateway_desired_replicas} gateway pods are ready"


def _why_nobody_serves(state: State) -> tuple[bool | None, str, str] | None:
    if state.serving or state.journal is None:  # whom the gateway sends to is in the journal
        return None
    pods = state.workload.pods if state.workload is not None else ()
    claims = state.workload.unbound_volumes if state.workload is not None else ()
    homeless = next((why for p in pods if (why := why_homeless(p, claims)) is not None), None)
    if homeless is not None:
        return False, *homeless
    ready = sum(p.ready for p in pods)
    return False, Reason.WEAVIATE_STARTING, f"{ready} of {_desired(state)} nodes are ready, none serves yet"


def _cluster_trouble(state: State) -> tuple[bool | None, str, str] | None:
    """What the database adds. One that does not answer in time is no news while its pods are ready: it is busy."""
    unknown = state.observed.database
    pods = state.workload.pods if state.workload is not None else ()
    if isinstance(unknown, Unknown):
        serving = {e.pod for e in state.serving}
        down = sorted(serving - {p.name for p in pods if is_running(p)})
        if down:
            return False, Reason.NODE_DEAD, f"{down[0]} does not run; {unknown.message}"
        return None if any(p.ready and p.name in serving for p in pods) else (None, unknown.reason, unknown.message)
    running = {p.name for p in pods if is_running(p)}
    alive = {m.name for m in unknown.members if m.status in ALIVE and m.name in running}
    expected = max(_desired(state), state.spec.nodes.min)
    names = {node_name(state.observed.tier.name, i) for i in range(expected)} - _newcomers(state)
    if names <= alive:
        return None
    text = f"{len(names & alive)} of {len(names)} nodes are alive, {min(names - alive)} is not"
    return False, state.plan.reason if state.plan.reason in NODE_TROUBLE else Reason.NODE_NOT_READY, text


def _newcomers(state: State) -> set[str]:
    """Nodes that the running operation is adding, or restarts at the moment: they are awaited, not missed."""
    steps = state.operation.steps if state.operation is not None else ()
    awaited = {s.target or "" for s in steps if s.name is StepName.AWAIT_NODE and s.state is not StepState.DONE}
    untouched = {s.target or "" for s in steps if s.name is StepName.RESTART_NODE and s.state is StepState.PENDING}
    return awaited - untouched


def _going_on(state: State, ready: Finding) -> tuple[str, str] | None:
    if state.operation is not None:
        index = state.operation.current
        name = state.operation.steps[index].name if index is not None else "End"
        return under_way(state.operation.kind), f"{state.operation.kind} {state.operation.id}: {name}"
    starting = {Reason.PROGRESSING, Reason.WEAVIATE_STARTING, Reason.NODE_CUT_OFF}
    return (ready.reason, ready.message) if ready.reason in starting else growing_volumes(state)


def _stuck(state: State, ready: Finding) -> tuple[str, str] | None:
    problems = tier_problems(state.spec, state.observed.tier.annotations)
    if problems:
        return Reason.INVALID_SPEC, "; ".join(problems)
    authentication = state.spec.gateway.authentication
    if authentication is not Authentication.PASSTHROUGH:
        text = f"spec.gateway.authentication {authentication} is accepted and not acted upon yet: Weaviate checks keys"
        return Reason.NOT_IMPLEMENTED, text
    return _stuck_at_work(state, ready)


def _stuck_at_work(state: State, ready: Finding) -> tuple[str, str] | None:
    if state.refusal is not None and state.refusal.reason in STUCK:
        return state.refusal.reason, state.refusal.message
    if ready.reason in STUCK:
        return ready.reason, ready.message
    if state.plan.reason in STUCK:
        return state.plan.reason, state.plan.message
    return _failed(state) or volumes_that_stay_small(state)


def _failed(state: State) -> tuple[str, str] | None:
    """The last operation failed, none has been begun since, and the promise is not kept without it, or a change of the
    spec has not arrived without it. Of volumes it is seen from themselves whether they still are too small."""
    history = state.journal.history if state.journal is not None else ()
    past = [o for o in history if o.finished_at is not None and o.kind is not OperationKind.RESIZE_VOLUMES]
    last = max(past, key=lambda o: o.finished_at or 0.0, default=None)
    if last is None or last.result is not Result.FAILED or state.operation is not None:
        return None
    outdated = state.observed.tier.generation > last.generation
    pods = state.workload.pods if state.workload is not None else ()
    arrived = last.kind not in RESTARTS or not any(p.outdated or not is_running(p) for p in pods)
    needless = state.verdict.met and arrived
    return None if outdated or needless else (Reason.OPERATION_FAILED, f"{last.id}: {last.message}")


def _desired(state: State) -> int:
    return state.workload.desired_nodes if state.workload is not None else 0
