"""Is somebody else doing something disruptive? One disruptive operation at a time, whoever began it."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import is_active
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.journal import Operation, StepName
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Movement


def foreign_movement(facts: Facts) -> Ruling | None:
    """A movement that no step of the running operation asked for."""
    others = [m for m in facts.database.movements if is_active(m.state) and not is_ours(m, facts.journal.operation)]
    if not others:
        return None
    m = min(others, key=lambda m: m.id)
    what = f"{m.kind} of {m.collection}/{m.shard} from {m.source} to {m.target} is {m.state}"
    return hold(Reason.FOREIGN_MOVEMENT, f"{what} (movement {m.id}); {len(others)} in all")


def backup_running(facts: Facts) -> Ruling | None:
    """A backup reads what a movement would shift under it."""
    running = facts.database.backup_running
    if isinstance(running, Unknown):
        return hold(running.reason, running.message)
    return hold(Reason.BACKUP_IN_FLIGHT, "a backup is running") if running else None


def read_only_shards(facts: Facts) -> Ruling | None:
    """A read-only shard is usually a disk that is nearly full: more data would make it worse."""
    found = sorted(
        f"{s.collection}/{s.shard} on {m.name}"
        for m in facts.database.members
        for s in m.shards
        if s.status == "READONLY"
    )
    return hold(Reason.SHARD_READ_ONLY, f"{len(found)} read-only, first {found[0]}") if found else None


def is_ours(movement: Movement, operation: Operation | None) -> bool:
    """Whether a step of the operation asked for it, also when a crash kept its id from being noted. The same movement,
    begun by somebody else before its step was journalled, is not."""
    return operation is not None and any(
        (step.collection, step.shard, step.target) == (movement.collection, movement.shard, movement.target)
        for step in operation.steps
        if step.name is StepName.COPY and step.started_at is not None
    )
