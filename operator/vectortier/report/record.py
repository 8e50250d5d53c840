"""A decision record: everything that is needed to explain a decision and to make it again."""

import hashlib
import json
from typing import Any

from vectortier.model.journal import Cost, Step, StepName
from vectortier.model.learned import Learned
from vectortier.model.load import Load, SloWindow
from vectortier.model.observation import Observation
from vectortier.model.plan import Action, BeginOperation, ExtendOperation, Plan
from vectortier.model.value import Unknown
from vectortier.report.times import timestamp


def build_record(observed: Observation, plan: Plan) -> dict[str, Any]:
    """One JSON-ready record: the log line of a tick, and what `vectortier explain` tells from."""
    return {
        "decision": plan.id,
        "time": timestamp(observed.now),
        "namespace": observed.tier.namespace,
        "tier": observed.tier.name,
        "generation": observed.tier.generation,
        "inputs": _inputs(observed),
        "verdicts": [v.model_dump(mode="json", by_alias=True) for v in plan.verdicts],
        "action": plan.action.type if plan.action is not None else None,
        "reason": plan.reason,
        "message": plan.message,
        "nodes": plan.nodes,
        "copies": plan.copies,
        "predicted": predicted(plan).model_dump(mode="json", by_alias=True),
        "nextCheckSeconds": plan.next_check_seconds,
        "learnedHash": learned_hash(observed.learned),
    }


def learned_hash(learned: Learned) -> str:
    """Names the parameters that a decision was made with: the same ones give the same 16 hexadecimal digits."""
    values = learned.model_dump(mode="json", by_alias=True)
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def predicted(plan: Plan) -> Cost:
    """What the operation that a plan begins costs; nothing is known of one that begins none."""
    return predicted_cost(_begun(plan.action))


def predicted_cost(steps: tuple[Step, ...]) -> Cost:
    """What steps move, take and do to searches: sums over their copies. None as soon as a part is not known."""
    costs = [step.predicted for step in steps if step.name is StepName.COPY]
    if not costs:
        return Cost()
    worst = [c.p99_milliseconds for c in costs if c.p99_milliseconds is not None]
    return Cost(
        bytes=_sum([c.bytes for c in costs]),
        seconds=_sum([c.seconds for c in costs]),
        p99_milliseconds=max(worst, default=None),
    )


def _begun(action: Action | None) -> tuple[Step, ...]:
    """The steps that a decision adds to what is to be done."""
    if isinstance(action, BeginOperation):
        return action.operation.steps
    if isinstance(action, ExtendOperation):
        steps = action.operation.steps
        latest = max(step.added_at or 0.0 for step in steps)
        return tuple(step for step in steps if step.added_at == latest)
    return ()


def _inputs(observed: Observation) -> dict[str, Any]:
    load = observed.load
    parts = {
        "workload": observed.workload,
        "database": observed.database,
        "journal": observed.journal,
        "load": load,
    }
    unknown = {name: part.reason for name, part in parts.items() if isinstance(part, Unknown)}
    known = {} if isinstance(load, Unknown) else _load(load)
    return {**known, "unknown": unknown}


def _load(load: Load) -> dict[str, Any]:
    return {
        "short": _window(load.short),
        "long": _window(load.long),
        "queriesPerSecond": _number(load.queries_per_second),
        "writesPerSecond": _number(load.writes_per_second),
        "missedSeconds": _number(load.missed_seconds),
        "p50Milliseconds": load.p50_milliseconds,
        "p99Milliseconds": load.p99_milliseconds,
    }


def _window(window: SloWindow | Unknown) -> dict[str, Any]:
    if isinstance(window, Unknown):
        return {"unknown": window.reason}
    return {**window.model_dump(mode="json", by_alias=True), "badFraction": window.bad_fraction}


def _number(value: float | Unknown) -> float | dict[str, str]:
    return {"unknown": value.reason} if isinstance(value, Unknown) else value


def _sum(values: list[Any]) -> Any:
    return None if any(v is None for v in values) else sum(values)
