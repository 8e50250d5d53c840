"""The status of a VectorTier.

It is written when a verdict changes, not every tick. Latencies, counts of requests, ages and the numbers inside
messages move all the time; they are refreshed together with a change of something else, and otherwise the previous
status is returned as it was. Whoever wants them live reads the metrics.
"""

import math
import re

from vectortier.api.status import OperationStatus, SearchStatus, VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.duration import seconds_to_come
from vectortier.decide.facts.look import is_running
from vectortier.decide.facts.placement import ALIVE
from vectortier.decide.facts.versions import oldest_version
from vectortier.decide.facts.windows import read_windows
from vectortier.decide.steps.at import under_way
from vectortier.model.journal import Operation, StepName, StepState
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import Plan
from vectortier.model.value import Unknown
from vectortier.report.conditions import build_conditions
from vectortier.report.decisions import build_decisions
from vectortier.report.proposal import build_proposal
from vectortier.report.state import State
from vectortier.report.times import timestamp

# A number that stands by itself, or an address in memory; not the ordinal at the end of a pod's name.
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|(?<![\w-])\d+(\.\d+)*")


def build_status(
    spec: VectorTierSpec,
    observed: Observation,
    plan: Plan,
    outcome: ActionOutcome,
    previous: VectorTierStatus,
    now: float,
) -> VectorTierStatus:
    """The status after this look; the previous one, unchanged, when no verdict has changed."""
    state = State(spec, observed, plan, outcome, previous, now)
    status = VectorTierStatus(
        observed_generation=observed.tier.generation,
        **_counts(state),
        endpoint=f"{observed.tier.name}.{observed.tier.namespace}.svc",
        search=_search(state),
        operation=_operation(state),
        proposal=build_proposal(state),
        decisions=build_decisions(state),
        conditions=build_conditions(state),
    )
    return previous if _verdicts(status) == _verdicts(previous) else status


def _counts(state: State) -> dict[str, int | str]:
    """Nodes, copies and version; what cannot be seen now is as it was last seen."""
    before, workload, database = state.previous, state.workload, state.database
    version = oldest_version(state.spec, database) if database is not None else before.weaviate_version
    return {
        "nodes": len(workload.pods) if workload is not None else before.nodes,
        "ready_nodes": _ready_nodes(state),
        "serving_nodes": len(state.serving) if state.journal is not None else before.serving_nodes,
        "copies": (database.copies or 0) if database is not None else before.copies,
        "weaviate_version": version,
    }


def _ready_nodes(state: State) -> int:
    """Nodes that are ready; one that serves and is merely too busy to say so counts."""
    if state.workload is None:
        return state.previous.ready_nodes
    serving = {e.pod for e in state.serving}
    members = state.database.members if state.database is not None else ()
    alive = {m.name for m in members if m.status in ALIVE}
    return sum(is_running(p) and (p.ready or (p.name in serving and p.name in alive)) for p in state.workload.pods)


def _search(state: State) -> SearchStatus | None:
    """The indicator over the long window, while it can be believed."""
    load, windows = state.observed.load, read_windows(state.observed.load)
    if isinstance(windows, Unknown) or isinstance(load, Unknown):
        return None
    return SearchStatus(
        requests=round(windows.long.requests),
        bad_requests=round(windows.long.bad),
        window_seconds=windows.long.seconds,
        age_seconds=round(windows.long.age_seconds),
        p50_milliseconds=_whole(load.p50_milliseconds),
        p99_milliseconds=_whole(load.p99_milliseconds),
    )


def _whole(value: float | None) -> int | None:
    return round(value) if value is not None and math.isfinite(value) and value >= 0 else None


def _operation(state: State) -> OperationStatus | None:
    operation = state.operation
    if operation is None:
        return None
    index = operation.current if operation.current is not None else len(operation.steps) - 1
    copies = [s for s in operation.steps if s.name is StepName.COPY]
    refusal = f"; {state.refusal.message}" if state.refusal is not None else ""
    return OperationStatus(
        id=operation.id,
        kind=operation.kind,
        step=index + 1,
        steps=len(operation.steps),
        step_name=operation.steps[index].name,
        message=f"{state.plan.message}{refusal}",
        started_at=timestamp(operation.started_at),
        bytes_total=sum(s.predicted.bytes or 0 for s in copies),
        bytes_moved=sum(s.predicted.bytes or 0 for s in copies if s.state is StepState.DONE),
        eta_seconds=_eta(state, operation),
    )


def _eta(state: State, operation: Operation) -> int | None:
    """None as well while something stands in the way, nobody knows for how long, or while it is being given up."""
    if state.facts is None or state.plan.reason != under_way(operation.kind):
        return None
    seconds = seconds_to_come(state.facts, operation)
    return None if seconds is None else round(seconds)


def _verdicts(status: VectorTierStatus) -> tuple[object, ...]:
    """What a status says, without the numbers that move all the time."""
    operation = status.operation
    return (
        *(status.observed_generation, status.nodes, status.ready_nodes, status.serving_nodes, status.copies),
        *(status.endpoint, status.weaviate_version, status.search is None, status.decisions),
        (operation.id, operation.step, _words(operation.message)) if operation is not None else None,
        status.proposal.hash if status.proposal is not None else None,
        tuple((c.type, c.status, c.reason, c.observed_generation, _words(c.message)) for c in status.conditions),
    )


def _words(message: str) -> str:
    return _NUMBER.sub("#", message)
