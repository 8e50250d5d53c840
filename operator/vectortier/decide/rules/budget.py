"""Has enough been moved for now?"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import best_source
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.proposed import proposed
from vectortier.decide.facts.size import ShardCopy
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.journal import StepName, StepState

HOUR_SECONDS = 3600.0


def within_bytes_per_hour(facts: Facts) -> Ruling | None:
    """Hold when the copies would bring the last hour beyond `rebalance.bytesPerHour`; what is larger by itself begins
    after an hour without any. Unknown is not zero: what has no known size waits as well."""
    return bytes_allowed(facts, proposed(facts).moves)


def bytes_allowed(facts: Facts, moves: tuple[ShardCopy, ...]) -> Ruling | None:
    """The same for any copies."""
    limit = facts.spec.rebalance.bytes_per_hour
    if limit is None or not moves:
        return None
    sizes = [predict_copy(facts, best_source(facts, m.collection, m.shard), m.collection, m.shard).bytes for m in moves]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return hold(Reason.MOVEMENT_BUDGET, "how many bytes the copies have is not known, and bytesPerHour is set")
    moved, more = _moved_lately(facts), sum(known)
    lately = f"{moved / 1e9:.1f} GB were copied in the last hour, and this would be {more / 1e9:.1f} GB"
    text = f"{lately}; bytesPerHour is {limit / 1e9:.1f} GB"
    return hold(Reason.MOVEMENT_BUDGET, text) if moved and moved + more > limit else passes(text)


def _moved_lately(facts: Facts) -> int:
    """By what was predicted of the copies that ended within the hour."""
    operation = facts.journal.operation
    operations = (*facts.journal.history, *((operation,) if operation is not None else ()))
    return sum(
        step.predicted.bytes or 0
        for one in operations
        for step in one.steps
        if step.name is StepName.COPY
        and step.state is StepState.DONE
        and facts.now - (step.finished_at or 0.0) < HOUR_SECONDS
    )
