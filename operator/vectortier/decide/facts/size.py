"""What growing would be: which shards to copy where, and which nodes have to be added for it."""

from collections import Counter
from dataclasses import dataclass

from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies, single_tenant
from vectortier.decide.facts.shortfall import idle_holders, missing_copies, missing_nodes
from vectortier.model.weaviate import Shard


@dataclass(frozen=True)
class ShardCopy:
    """One shard that gets one more copy."""

    collection: str
    shard: str
    target: str


@dataclass(frozen=True)
class ShardMove(ShardCopy):
    """One copy of a shard that goes from one node to another."""

    source: str


@dataclass(frozen=True)
class Proposal:
    """More copies of every shard that has too few, on nodes that lack it; new nodes where none does.

    `idle` are nodes that have their copies already and only have to be warmed before they serve.
    """

    nodes: int
    copies: int
    new_nodes: tuple[str, ...]
    moves: tuple[ShardCopy, ...]
    idle: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The nodes that receive something, in order."""
        return tuple(dict.fromkeys((*(m.target for m in self.moves), *self.new_nodes)))


def next_size(facts: Facts, wanted: int | None = None) -> Proposal:
    """The next larger size of the tier, with `wanted` copies of every shard; None: with one more than there are.

    What is there and idle comes first, then nodes that the spec asks for without copies, one at a time.
    """
    desired, have = facts.workload.desired_nodes, copies(facts.database)
    if idle := idle_holders(facts):
        return Proposal(desired, have or 0, (), (), idle)
    only_nodes = missing_nodes(facts) > 0 and missing_copies(facts) == 0
    if have is None or only_nodes:
        return Proposal(desired + 1, have or 0, (node_name(facts.tier.name, desired),), ())
    count = max(have + 1, wanted or 0)
    moves, new_nodes = _spread(facts, have, count)
    return Proposal(desired + len(new_nodes), count, new_nodes, moves)


def _spread(facts: Facts, have: int, wanted: int) -> tuple[tuple[ShardCopy, ...], tuple[str, ...]]:
    """The copies that are missing, one of every shard after the other, and the nodes that they need besides those that
    there are. Each goes to the node that holds the fewest shards among those that lack it."""
    desired = facts.workload.desired_nodes
    names = [node_name(facts.tier.name, i) for i in range(desired)]
    on = {(collection, shard.name): set(shard.replicas) for collection, shard in _shards(facts)}
    held = Counter(name for holders in on.values() for name in holders)
    moves = []
    for level in range(have + 1, wanted + 1):
        for (collection, shard), holders in on.items():
            if len(holders) >= level:
                continue
            if holders.issuperset(names):
                names.append(node_name(facts.tier.name, len(names)))
            target = min((n for n in names if n not in holders), key=lambda n: (held[n], names.index(n)))
            held[target] += 1
            holders.add(target)
            moves.append(ShardCopy(collection, shard, target))
    return tuple(moves), tuple(names[desired:])


def _shards(facts: Facts) -> list[tuple[str, Shard]]:
    return [(c.name, s) for c in single_tenant(facts.database) for s in sorted(c.shards, key=lambda s: s.name)]
