"""Is it worth it? A copy costs bytes, time and a part of the copies that it is made from; it has to save more of the
error budget than it takes."""

import math

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.pace import most_at_once
from vectortier.decide.facts.placement import best_source, copies
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.proposed import proposed
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.decide.ruling import Ruling, hold, passes


def worth_it(facts: Facts) -> Ruling | None:
    """Hold when searches would be late for longer while the copies are made than they would be without them.

    Late seconds are the share of the searches that nobody can answer in time, times the time that it lasts: while it is
    copied, by what is needed now; without it, by what will be needed, for as long as a change is not undone. What is
    not known cannot be weighed.
    """
    size, other = facts.sizing, facts.wanted
    if size is None or other is None:
        return None
    more = other.copies - (copies(facts.database) or 0)
    at_once = min(more, most_at_once(facts))
    left = size.serving - at_once * facts.learned.capacity.interference
    costs = _late(size.now, left) * facts.movement_seconds * math.ceil(more / at_once)
    saves = max(_late(size.now, size.serving), _late(size.ahead, size.serving)) * quiet_seconds(facts)
    weighed = f"late for {costs:.0f} s by it, for {saves:.0f} s without it"
    text = f"{_what(facts)}, which leaves {left:.2f} copies for the {size.now:.2f} that are needed; {weighed}"
    return passes(text) if costs <= saves else hold(Reason.NOT_WORTH_IT, text)


def _late(needed: float, copies: float) -> float:
    """The share of searches, 0..1, that so many copies cannot answer in time."""
    return max(0.0, 1.0 - max(0.0, copies) / needed) if needed > 0 else 0.0


def _what(facts: Facts) -> str:
    moved = [_bytes(facts, move.collection, move.shard) for move in proposed(facts).moves]
    known = [size for size in moved if size is not None]
    much = f"{sum(known) / 1e9:.1f} GB" if len(known) == len(moved) else "bytes that are not known"
    return f"{much} to be copied in about {facts.movement_seconds:.0f} s"


def _bytes(facts: Facts, collection: str, shard: str) -> int | None:
    return predict_copy(facts, best_source(facts, collection, shard), collection, shard).bytes
