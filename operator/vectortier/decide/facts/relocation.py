"""Where else a shard can be that lives on nodes that are to go: without these it would have too few copies."""

from collections import Counter
from collections.abc import Collection, Iterator

from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import multi_tenant, shards_on, single_tenant
from vectortier.decide.facts.size import ShardCopy
from vectortier.model.weaviate import Shard


def relocated(facts: Facts, going: Collection[str], least: int) -> tuple[ShardCopy, ...] | None:
    """The copies that have to be made on nodes that stay, each on the one that holds the fewest shards among those that
    lack it; None: the nodes that stay are too few. No shard gets more copies by it than it has. A tenant keeps at least
    as many as its collection promises."""
    names = (node_name(facts.tier.name, ordinal) for ordinal in range(facts.workload.desired_nodes))
    stay = [name for name in names if name not in going]
    held = shards_on(facts.database)
    moves = []
    tenants = ((c.name, s, c.factor) for c in multi_tenant(facts.database) for s in c.shards)
    for collection, shard, wanted in (*((name, s, least) for name, s in _shards(facts)), *tenants):
        left = [name for name in shard.replicas if name not in going]
        while len(left) < min(wanted, len(shard.replicas)):
            free = [name for name in stay if name not in left]
            if not free:
                return None
            target = min(free, key=lambda name: (held[name], stay.index(name)))
            held[target] += 1
            left.append(target)
            moves.append(ShardCopy(collection, shard.name, target))
    return tuple(moves)


def copies_left(facts: Facts, going: Collection[str], moves: tuple[ShardCopy, ...]) -> int:
    """The least number of copies that a shard has without these nodes, once those copies are made; 0: no shard.
    Tenants do not count."""
    made = Counter((move.collection, move.shard) for move in moves)
    left = (len(set(s.replicas) - set(going)) + made[collection, s.name] for collection, s in _shards(facts))
    return min(left, default=0)


def _shards(facts: Facts) -> Iterator[tuple[str, Shard]]:
    for collection in single_tenant(facts.database):
        for shard in sorted(collection.shards, key=lambda s: s.name):
            yield collection.name, shard
