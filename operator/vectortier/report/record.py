"""A decision record: everything that is needed to explain a decision and to make it again."""

from typing import Any

from vectortier.model.load import Load, SloWindow
from vectortier.model.observation import Observation
from vectortier.model.plan import BeginOperation, Plan
from vectortier.model.value import Unknown
from vectortier.report.times import timestamp


def build_record(observed: Observation, plan: Plan) -> dict[str, Any]:
    """One JSON-ready record, for the log line of a tick."""
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
        "predicted": _predicted(plan),
        "nextCheckSeconds": plan.next_check_seconds,
    }


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


def _predicted(plan: Plan) -> dict[str, float | None]:
    """Sums over the steps of a proposed operation; None as soon as a part is not known."""
    steps = plan.action.operation.steps if isinstance(plan.action, BeginOperation) else ()
    costs = [s.predicted for s in steps if s.name == "Copy"]
    moved, taken = [c.bytes for c in costs], [c.seconds for c in costs]
    worst = [c.p99_milliseconds for c in costs if c.p99_milliseconds is not None]
    return {
        "bytes": _sum(moved) if costs else None,
        "seconds": _sum(taken) if costs else None,
        "p99Milliseconds": max(worst, default=None),
    }


def _sum(values: list[Any]) -> float | None:
    return None if any(v is None for v in values) else sum(values)
