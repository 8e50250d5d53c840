"""What growing by one step would be: which shards to copy where, and whether a node has to be added for it."""

from dataclasses import dataclass

from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies, single_tenant
from vectortier.decide.facts.shortfall import idle_holders, missing_copies, missing_nodes
from vectortier.model.weaviate import Shard


@dataclass(frozen=True)
class ShardCopy:
    """One shard that gets one more copy, its `copy`-th."""

    collection: str
    shard: str
    target: str
    copy: int


@dataclass(frozen=True)
class Proposal:
    """More copies of every shard that has too few, on nodes that lack it; new nodes where none does.

    `moves` are in rounds: all that a further copy of everything takes before those of the next one. `idle` are nodes
    that have their copies already and only have to be warmed before they serve.
    """

    nodes: int
    copies: int
    new_nodes: tuple[str, ...]
    moves: tuple[ShardCopy, ...]
    idle: tuple[str, ...] = ()
    cut: int = 0
    """So many copies less than are wanted, because of the spec's bounds or of what the journal can hold."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The nodes that receive something, in order."""
        return tuple(dict.fromkeys([*(m.target for m in self.moves), *self.new_nodes]))


MOST_COPIES = 500
"""Shards that one operation may copy. With the longest names a step takes 950 bytes of the journal, and a ConfigMap
(1 MiB) has to hold the operation and the one before it."""


def next_size(facts: Facts) -> Proposal:
    """The next larger size of the tier. What is there and idle comes first; then nodes, and copies of each shard: as
    many as are wanted and fit the bounds, one in any case."""
    desired, have = facts.workload.desired_nodes, copies(facts.database)
    if idle := idle_holders(facts):
        return Proposal(desired, have or 0, (), (), idle)
    only_nodes = missing_nodes(facts) > 0 and missing_copies(facts) == 0
    if have is None or only_nodes:
        return Proposal(desired + 1, have or 0, (node_name(facts.tier.name, desired),), ())
    goal = have + 1 if facts.wanted is None else max(have + 1, facts.wanted.copies)
    sizes = (_grown(facts, copies, goal - copies) for copies in range(goal, have, -1))
    return next((size for size in sizes if size.copies == have + 1 or _fits(facts, size)), _grown(facts, have + 1, 0))


def _fits(facts: Facts, size: Proposal) -> bool:
    spec = facts.spec
    return size.nodes <= spec.nodes.max and size.copies <= spec.copies.max and len(size.moves) <= MOST_COPIES


def _grown(facts: Facts, goal: int, cut: int) -> Proposal:
    desired = facts.workload.desired_nodes
    moves = _spread(facts, goal)
    names = {node_name(facts.tier.name, i) for i in range(desired)}
    added = tuple(dict.fromkeys(m.target for m in moves if m.target not in names))
    return Proposal(desired + len(added), goal, added, moves, cut=cut)


def _spread(facts: Facts, goal: int) -> tuple[ShardCopy, ...]:
    """In each round, a shard with too few copies goes to the node that holds the fewest among those that lack it."""
    names = [node_name(facts.tier.name, i) for i in range(facts.workload.desired_nodes)]
    on = {(c, s.name): set(s.replicas) for c, s in _shards(facts)}
    held = {name: sum(name in holders for holders in on.values()) for name in names}
    moves = []
    for wanted in range(min((len(h) for h in on.values()), default=goal) + 1, goal + 1):
        new_node = node_name(facts.tier.name, len(names))
        for (collection, shard), holders in on.items():
            if len(holders) >= wanted:
                continue
            lacking = [name for name in names if name not in holders]
            target = min(lacking, key=lambda name: (held[name], names.index(name)), default=new_node)
            held[target] = held.get(target, 0) + 1
            holders.add(target)
            moves.append(ShardCopy(collection, shard, target, wanted))
        if new_node in held:
            names.append(new_node)
    return tuple(moves)


def _shards(facts: Facts) -> list[tuple[str, Shard]]:
    return [(c.name, s) for c in single_tenant(facts.database) for s in sorted(c.shards, key=lambda s: s.name)]
