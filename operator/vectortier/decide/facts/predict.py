"""What a copy will move, take and do to searches, from what earlier ones did. What is not known stays None."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import share_of_objects
from vectortier.model.journal import Cost, Step, StepName
from vectortier.model.value import Unknown


def predict_copy(facts: Facts, source: str | None, collection: str, shard: str) -> Cost:
    """Bytes: the shard's part, by objects, of what is used on the source's volume. Seconds: at the rate of the copies
    in the history. p99: the worst that one of those saw."""
    moved = _bytes(facts, source, collection, shard)
    past = [
        s
        for o in facts.journal.history
        for s in o.steps
        if s.name is StepName.COPY and s.actual.seconds is not None and s.predicted.bytes is not None
    ]
    return Cost(bytes=moved, seconds=_seconds(past, moved), p99_milliseconds=_worst(past))


def _bytes(facts: Facts, source: str | None, collection: str, shard: str) -> int | None:
    used = {} if isinstance(facts.load, Unknown) else dict(facts.load.volume_bytes)
    share = share_of_objects(facts, source, collection, shard) if source is not None else None
    return None if source not in used or share is None else round(used[source] * share)


def _seconds(past: list[Step], moved: int | None) -> float | None:
    taken = sum(s.actual.seconds or 0.0 for s in past)
    carried = sum(s.predicted.bytes or 0 for s in past)
    return None if moved is None or not carried else round(taken * moved / carried, 1)


def _worst(past: list[Step]) -> float | None:
    return max((s.actual.p99_milliseconds for s in past if s.actual.p99_milliseconds is not None), default=None)
