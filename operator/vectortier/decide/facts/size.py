"""What growing by one step would be: which shards to copy where, and whether a node has to be added for it."""

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
class Proposal:
    """One more copy of every shard that has the fewest, on nodes that lack it; a new node where none does.

    `idle` are nodes that have their copies already and only have to be warmed before they serve.
    """

    nodes: int
    copies: int
    new_node: str | None
    moves: tuple[ShardCopy, ...]
    idle: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The nodes that receive something, in order."""
        named = [m.target for m in self.moves] + ([self.new_node] if self.new_node else [])
        return tuple(dict.fromkeys(named))


def next_size(facts: Facts) -> Proposal:
    """The next larger size of the tier. What is there and idle comes first; then one node, and one copy of each shard,
    at a time."""
    desired, have = facts.workload.desired_nodes, copies(facts.database)
    if idle := idle_holders(facts):
        return Proposal(desired, have or 0, None, (), idle)
    only_nodes = missing_nodes(facts) > 0 and missing_copies(facts) == 0
    if have is None or only_nodes:
        return Proposal(desired + 1, have or 0, node_name(facts.tier.name, desired), ())
    moves = _spread(facts, have + 1)
    new_node = node_name(facts.tier.name, desired)
    added = any(m.target == new_node for m in moves)
    return Proposal(desired + added, have + 1, new_node if added else None, moves)


def _spread(facts: Facts, wanted: int) -> tuple[ShardCopy, ...]:
    """Each shard with too few copies goes to the node that holds the fewest shards among those that lack it."""
    names = [node_name(facts.tier.name, i) for i in range(facts.workload.desired_nodes)]
    new_node = node_name(facts.tier.name, facts.workload.desired_nodes)
    held = {name: sum(name in s.replicas for _, s in _shards(facts)) for name in names}
    moves = []
    for collection, shard in _shards(facts):
        if len(shard.replicas) >= wanted:
            continue
        lacking = [name for name in names if name not in shard.replicas]
        target = min(lacking, key=lambda name: (held[name], names.index(name)), default=new_node)
        if target != new_node:
            held[target] += 1
        moves.append(ShardCopy(collection, shard.name, target))
    return tuple(moves)


def _shards(facts: Facts) -> list[tuple[str, Shard]]:
    return [(c.name, s) for c in single_tenant(facts.database) for s in sorted(c.shards, key=lambda s: s.name)]
