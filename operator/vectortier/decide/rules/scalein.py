"""The proposal to shrink: the youngest nodes are drained together, then go one after the other.

The order is what keeps the data: a collection promises fewer copies before one is dropped, a node holds nothing before
it goes, and it is gone before raft forgets it.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin
from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies, single_tenant
from vectortier.decide.ruling import Ruling, hold, propose
from vectortier.model.journal import OperationKind, Step, StepName


def scale_in(facts: Facts) -> Ruling:
    """Take away nodes as long as every shard keeps the copies that are wanted, at least copies.min, on those that
    stay."""
    wanted, why = (0, "") if facts.wanted is None else (facts.wanted.copies, facts.wanted.why)
    desired, nodes = facts.workload.desired_nodes, _nodes_left(facts, wanted)
    if nodes == desired:
        return hold(Reason.SCALE_IN_NEEDED, f"no node can go: the last holds what others lack, or votes; {why}")
    going = [node_name(facts.tier.name, ordinal) for ordinal in range(desired - 1, nodes - 1, -1)]
    left = _fewest_copies(facts, set(going))
    steps = _steps(facts, going)
    action = begin(facts, OperationKind.SCALE_IN, steps, nodes=nodes, copies=left, message=why)
    kept = f"{left} {'copy' if left == 1 else 'copies'} on {nodes} {'node' if nodes == 1 else 'nodes'}"
    what = f"take away node {', '.join(going)}, which leaves {kept}"
    return propose(action, Reason.SCALE_IN_NEEDED, f"{what}: {why}")


def _steps(facts: Facts, going: list[str]) -> tuple[Step, ...]:
    """What each node's going takes is a whole of its own: between two of them every collection promises what it has."""
    collections = single_tenant(facts.database)
    steps = [Step(name=StepName.DRAIN, target=name) for name in going]
    desired = facts.workload.desired_nodes
    for i, name in enumerate(going):
        nodes, left = desired - 1 - i, _fewest_copies(facts, set(going[: i + 1]))
        steps += [
            Step(name=StepName.LOWER_FACTOR, collection=c.name, factor=left, target=name)
            for c in collections
            if c.factor > left > 0
        ]
        steps += [
            Step(name=StepName.DROP_COPY, collection=c.name, shard=s.name, target=name)
            for c in collections
            for s in sorted(c.shards, key=lambda s: s.name)
            if name in s.replicas
        ]
        steps += [
            Step(name=StepName.REMOVE_NODE, target=name, nodes=nodes),
            Step(name=StepName.REMOVE_FROM_RAFT, target=name, nodes=nodes),
        ]
    return tuple(steps)


def _nodes_left(facts: Facts, wanted: int) -> int:
    """How many of the nodes have to stay. Only the youngest can go: a StatefulSet drops no others."""
    spec, nodes = facts.spec, facts.workload.desired_nodes
    least, going = max(wanted, spec.copies.min, 1), set[str]()
    while nodes > max(spec.nodes.min, spec.weaviate.raft_voters, 1):
        going.add(node_name(facts.tier.name, nodes - 1))
        if _fewest_copies(facts, going) < least or _holds_tenants(facts, going):
            break
        nodes -= 1
    return nodes


def _fewest_copies(facts: Facts, going: set[str]) -> int:
    """The least number of copies that a shard keeps; 0 when there is no shard."""
    if copies(facts.database) is None:
        return 0
    return min(len(set(s.replicas) - going) for c in single_tenant(facts.database) for s in c.shards)


def _holds_tenants(facts: Facts, going: set[str]) -> bool:
    """Whether a node of these holds a tenant's shard: its copies are not the tier's to take away."""
    return any(going & set(s.replicas) for c in facts.database.collections if c.multi_tenant for s in c.shards)
