"""How evenly are the nodes filled, and which shards would have to move for them to be so?

A node's part is the number of objects on it where each node reports every shard, else the number of shards: a tenant
that is not loaded is not counted by Weaviate, and unknown is not empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import shard_on
from vectortier.decide.facts.size import ShardMove
from vectortier.decide.facts.tenants import HOT, can_move
from vectortier.model.journal import OperationKind, StepName, StepState
from vectortier.model.weaviate import Collection, Shard

UNEVEN = 1.25
"""A node that holds so many times its share is worth a move."""
EVEN = 1.1
"""One that holds less than so many times its share is left alone. The gap between the two keeps shards from going back
and forth."""
MOST_MOVES = 20
"""In one operation: the next one begins with another look at everything."""
STAY_SECONDS = 86_400.0
"""A shard that was moved stays for so long, even where the one measure says otherwise than the other did."""


@dataclass(frozen=True)
class Evenness:
    """What each node holds, in objects or in shards, and what would even it out."""

    held: dict[str, int]
    unit: str
    moves: tuple[ShardMove, ...]

    @property
    def share(self) -> float:
        """What each would hold."""
        return sum(self.held.values()) / len(self.held)


@dataclass(frozen=True)
class _Candidate:
    collection: str
    shard: Shard
    size: int


def evenness(facts: Facts) -> Evenness | None:
    """None: there is a single node, or nothing on any."""
    names = [node_name(facts.tier.name, ordinal) for ordinal in range(facts.workload.desired_nodes)]
    unit = "objects" if all(_objects(facts, c, s) is not None for c, s in _placed(facts)) else "shards"
    sizes = {(c.name, s.name): (_objects(facts, c, s) or 0) if unit == "objects" else 1 for c, s in _placed(facts)}
    held = dict.fromkeys(names, 0)
    for collection, shard in _placed(facts):
        for name in shard.replicas:
            held[name] = held.get(name, 0) + sizes[collection.name, shard.name]
    if len(names) < 2 or not sum(held.values()):
        return None
    candidates = [_Candidate(c.name, s, sizes[c.name, s.name]) for c, s in _placed(facts) if _may_move(facts, c, s)]
    return Evenness(held, unit, _moves(held, names, candidates))


def _placed(facts: Facts) -> Iterator[tuple[Collection, Shard]]:
    for collection in sorted(facts.database.collections, key=lambda c: c.name):
        for shard in sorted(collection.shards, key=lambda s: s.name):
            yield collection, shard


def _objects(facts: Facts, collection: Collection, shard: Shard) -> int | None:
    """On the fullest of its copies; None where one of them does not say."""
    counts = [shard_on(facts.database, name, collection.name, shard.name) for name in shard.replicas]
    known = [found.object_count for found in counts if found is not None and found.loaded]
    return max(known) if known and len(known) == len(counts) else None


def _may_move(facts: Facts, collection: Collection, shard: Shard) -> bool:
    """Whether it can be moved, and has as many copies as it is to have."""
    settled = len(shard.replicas) == collection.factor and (collection.name, shard.name) not in _moved_lately(facts)
    return settled and can_move(collection, shard)


def _moved_lately(facts: Facts) -> set[tuple[str | None, str | None]]:
    return {
        (step.collection, step.shard)
        for operation in facts.journal.history
        for step in operation.steps
        if operation.kind is OperationKind.SPREAD
        and step.name is StepName.COPY
        and step.state is StepState.DONE
        and facts.now - (step.finished_at or 0.0) < STAY_SECONDS
    }


def _moves(held: dict[str, int], names: list[str], candidates: list[_Candidate]) -> tuple[ShardMove, ...]:
    """One after the other from the node that holds the most, the move that leaves the larger of both sides smallest."""
    after, moves = dict(held), list[ShardMove]()
    share = sum(held.values()) / len(names)
    while len(moves) < MOST_MOVES:
        # Of nodes that hold as much as one another, the first of which something can go.
        full = sorted((n for n in names if after[n] > EVEN * share), key=lambda n: (-after[n], names.index(n)))
        found = next((m for n in full if (m := _best(after, names, n, candidates)) is not None), None)
        if found is None:
            break
        one, target, source = found
        after[source] -= one.size
        after[target] += one.size
        candidates = [c for c in candidates if c is not one]
        moves.append(ShardMove(one.collection, one.shard.name, target, source))
    return tuple(moves)


def _best(
    after: dict[str, int], names: list[str], source: str, candidates: list[_Candidate]
) -> tuple[_Candidate, str, str] | None:
    best: tuple[tuple[int, bool, str, str, int], _Candidate, str] | None = None
    for one in candidates:
        free = [name for name in names if name not in one.shard.replicas]
        if source not in one.shard.replicas or not free:
            continue
        target = min(free, key=lambda name: (after[name], names.index(name)))
        larger = max(after[source] - one.size, after[target] + one.size)
        if one.size == 0 or larger >= after[source]:
            continue
        # A tenant that is HOT need not be made so.
        rank = (larger, one.shard.tenant_status not in (None, HOT), one.collection, one.shard.name, names.index(target))
        if best is None or rank < best[0]:
            best = (rank, one, target)
    return None if best is None else (best[1], best[2], source)
