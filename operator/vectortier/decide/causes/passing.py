"""What slows searches for a while and passes by itself: data on the move, and nodes that are not warm yet."""

from vectortier.api.reasons import Reason
from vectortier.decide.causes.cause import Cause
from vectortier.decide.causes.use import serving_names
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import is_active
from vectortier.model.journal import RESTARTS, Operation, Result, StepName


def passing_causes(facts: Facts) -> tuple[Cause, ...]:
    """A movement or backup under way, and each serving node that is cold."""
    moving, window = _moving(facts), facts.spec.damping.windows.long_seconds
    cold = tuple(
        Cause(Reason.COLD_COPY, f"{name} began to serve {age:.0f} s ago, within the window of {window} s", node=name)
        for name, age in cold_nodes(facts).items()
    )
    return (Cause(Reason.MOVEMENT_IN_FLIGHT, moving), *cold) if moving is not None else cold


def moving_nodes(facts: Facts) -> frozenset[str]:
    """The nodes that data is copied from or to. A backup reads from all."""
    if facts.database.backup_running is True:
        return frozenset(serving_names(facts))
    active = [m for m in facts.database.movements if is_active(m.state)]
    return frozenset(name for m in active for name in (m.source, m.target))


def cold_nodes(facts: Facts) -> dict[str, float]:
    """The serving nodes that began to serve, or whose container started, within the long window, and how many seconds
    ago: searches of the time when they were cold still count in it. None in a tier that has just begun: nothing was
    lost there that would come back by waiting."""
    began = {p.name: p.started_at for p in facts.workload.pods if p.started_at is not None}
    for operation in facts.journal.history:
        if operation.result is Result.SUCCEEDED:
            for step in operation.steps:
                if step.name is StepName.SERVE and step.target in began and step.finished_at is not None:
                    began[step.target] = max(began[step.target], step.finished_at)
    ages = {name: facts.now - began[name] for name in serving_names(facts) if name in began}
    cold = {name: age for name, age in ages.items() if age < facts.spec.damping.windows.long_seconds}
    restarted = any(o.kind in RESTARTS for o in _latest(facts))
    again = restarted or any(p.restarts for p in facts.workload.pods if p.name in cold)
    return cold if again or len(cold) < len(ages) else {}


def _latest(facts: Facts) -> list[Operation]:
    """Those that ended within the long window."""
    since = facts.now - facts.spec.damping.windows.long_seconds
    return [o for o in facts.journal.history if o.finished_at is not None and o.finished_at >= since]


def _moving(facts: Facts) -> str | None:
    active = [m for m in facts.database.movements if is_active(m.state)]
    if active:
        first = min(active, key=lambda m: m.id)
        what = f"{first.kind} of {first.collection}/{first.shard} from {first.source} to {first.target}"
        return f"{len(active)} under way, first {what}"
    if facts.database.backup_running is True:
        return "a backup is running"
    operation = facts.journal.operation
    return f"{operation.kind} {operation.id} is under way" if operation is not None else None
