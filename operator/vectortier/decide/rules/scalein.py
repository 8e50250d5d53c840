"""The proposal to shrink: the youngest nodes are drained together, what only they hold is copied elsewhere, and then
they go one after the other. Tenants are moved one by one before that, each with all that a move takes.

The order is what keeps the data: a shard has its copies elsewhere, and a collection promises fewer, before one is
dropped; a node holds nothing before it goes, and it is gone before raft forgets it.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin, copy_step
from vectortier.decide.facts.duration import predicted_seconds
from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies, find_shard, multi_tenant, single_tenant
from vectortier.decide.facts.proposed import MOST_COPIES
from vectortier.decide.facts.relocation import copies_left, relocated
from vectortier.decide.facts.size import Proposal, ShardCopy
from vectortier.decide.facts.tenants import immovable
from vectortier.decide.rules.budget import bytes_allowed
from vectortier.decide.rules.room import room_for
from vectortier.decide.rules.spread import finish_moves
from vectortier.decide.ruling import Ruling, hold, propose
from vectortier.model.journal import OperationKind, Step, StepName
from vectortier.model.plan import Outcome

LONGEST_SECONDS = 6 * 3600.0
"""What is predicted to take longer is not begun: nothing else could be done meanwhile."""


def scale_in(facts: Facts) -> Ruling:
    """Take away nodes as long as every shard keeps the copies that are wanted, at least copies.min, on those that
    stay: as many as can be done at once."""
    wanted, why = (0, "") if facts.wanted is None else (facts.wanted.copies, facts.wanted.why)
    least, desired = max(wanted, facts.spec.copies.min, 1), facts.workload.desired_nodes
    text = f"no node can go: {_why_none(facts)}; {why}"
    kept = immovable(facts.database, {node_name(facts.tier.name, desired - 1)})
    ruling = hold(Reason.SCALE_IN_NEEDED if kept is None else Reason.TENANT_OFFLOADED, text)
    for nodes in range(_nodes_left(facts, least), desired):
        ruling = _down_to(facts, nodes, least, why)
        if ruling.action is not None:
            return ruling
    # Spreading, which would do this, waits until the tier is of the right size, and that may take for ever.
    return finish_moves(facts) or ruling


def _down_to(facts: Facts, nodes: int, least: int, why: str) -> Ruling:
    """The proposal to keep so many nodes, or what stands in its way."""
    going = [node_name(facts.tier.name, o) for o in range(facts.workload.desired_nodes - 1, nodes - 1, -1)]
    moves = relocated(facts, going, least) or ()
    left = copies_left(facts, going, moves)
    steps = _steps(facts, going, moves)
    held = _impossible(facts, Proposal(nodes, left, (), moves), steps)
    if held is not None:
        return held
    action = begin(facts, OperationKind.SCALE_IN, steps, nodes=nodes, copies=left, message=why)
    kept = f"{left} {'copy' if left == 1 else 'copies'} on {nodes} {'node' if nodes == 1 else 'nodes'}"
    first = f"copy {_shards(len(moves))} elsewhere and " if moves else ""
    what = f"{first}take away node {', '.join(going)}, which leaves {kept}"
    return propose(action, Reason.SCALE_IN_NEEDED, f"{what}: {why}")


def _impossible(facts: Facts, size: Proposal, steps: tuple[Step, ...]) -> Ruling | None:
    """What is copied elsewhere needs a place there, and nothing is begun that cannot be written down or has no end."""
    moved = sum(step.name in (StepName.COPY, StepName.DROP_COPY, StepName.RESTORE_TENANT) for step in steps)
    seconds = predicted_seconds(facts, steps)
    if moved > MOST_COPIES or seconds > LONGEST_SECONDS:
        text = f"{_shards(moved)} would be copied or dropped, in about {seconds / 60:.0f} minutes"
        return hold(Reason.TOO_MANY_SHARDS, f"{text}; at most {MOST_COPIES}, in {LONGEST_SECONDS / 60:.0f} minutes")
    asked = (room_for(facts, size), bytes_allowed(facts, size.moves))
    return next((ruling for ruling in asked if ruling is not None and ruling.outcome is Outcome.HOLD), None)


def _steps(facts: Facts, going: list[str], moves: tuple[ShardCopy, ...]) -> tuple[Step, ...]:
    """What each node's going takes is a whole of its own: between two of them every collection promises what it has."""
    tenants = {c.name for c in multi_tenant(facts.database)}
    steps = [Step(name=StepName.DRAIN, target=name) for name in going]
    steps += [_copy(facts, move, going) for move in moves if move.collection not in tenants]
    steps += _tenants(facts, going, moves)
    for i, name in enumerate(going):
        steps += _leave(facts, name, copies_left(facts, going[: i + 1], moves), facts.workload.desired_nodes - 1 - i)
    return tuple(steps)


def _copy(facts: Facts, move: ShardCopy, going: list[str]) -> Step:
    """From a node that goes, which clients are not sent to any more; what only it holds it is still asked for by the
    other nodes."""
    found = find_shard(facts.database, move.collection, move.shard)
    source = next((name for name in going if found is not None and name in found.replicas), None)
    return copy_step(facts, move, source)


def _tenants(facts: Facts, going: list[str], moves: tuple[ShardCopy, ...]) -> list[Step]:
    """One tenant after the other: only so is a tenant that is copied HOT for no longer than that takes."""
    steps: list[Step] = []
    for collection in multi_tenant(facts.database):
        for shard in collection.shards:
            leaves = [name for name in going if name in shard.replicas]
            place = {"collection": collection.name, "shard": shard.name}
            copies = [copy_step(facts, m, leaves[0]) for m in moves if (m.collection, m.shard) == tuple(place.values())]
            steps += copies
            steps += [Step(name=StepName.DROP_COPY, target=name, **place) for name in leaves]
            if leaves:
                steps.append(Step(name=StepName.RESTORE_TENANT, target=leaves[0], **place))
    return steps


def _leave(facts: Facts, name: str, left: int, nodes: int) -> list[Step]:
    """How one node goes, after which there are so many nodes, and so many copies of every shard at least."""
    collections = single_tenant(facts.database)
    lower = [
        Step(name=StepName.LOWER_FACTOR, collection=c.name, factor=left, target=name)
        for c in collections
        if c.factor > left > 0
    ]
    drop = [
        Step(name=StepName.DROP_COPY, collection=c.name, shard=s.name, target=name)
        for c in collections
        for s in sorted(c.shards, key=lambda s: s.name)
        if name in s.replicas
    ]
    gone = [Step(name=step, target=name, nodes=nodes) for step in (StepName.REMOVE_NODE, StepName.REMOVE_FROM_RAFT)]
    return [*lower, *drop, *gone]


def _nodes_left(facts: Facts, least: int) -> int:
    """How many of the nodes have to stay. Only the youngest can go: a StatefulSet drops no others."""
    spec, nodes = facts.spec, facts.workload.desired_nodes
    have = copies(facts.database)
    if have is not None and have < least:
        return nodes
    going = set[str]()
    while nodes > max(spec.nodes.min, spec.weaviate.raft_voters, 1):
        going.add(node_name(facts.tier.name, nodes - 1))
        stays = relocated(facts, going, least) is None or immovable(facts.database, going) is not None
        if stays or not _is_wanted(facts, nodes - 1):
            break
        nodes -= 1
    return nodes


def _is_wanted(facts: Facts, nodes: int) -> bool:
    """Whether so few nodes are asked for: not fewer than the spec allows at most, unless copies can go with them."""
    going = {node_name(facts.tier.name, ordinal) for ordinal in range(nodes, facts.workload.desired_nodes)}
    least = max(0 if facts.wanted is None else facts.wanted.copies, facts.spec.copies.min, 1)
    return nodes >= facts.spec.nodes.max or copies_left(facts, going, ()) >= least


def _why_none(facts: Facts) -> str:
    """What keeps the youngest node."""
    kept = immovable(facts.database, {node_name(facts.tier.name, facts.workload.desired_nodes - 1)})
    if kept is None:
        return "the last votes, or holds what others have no place for"
    return f"{kept} and cannot be moved; activate it or delete it"


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
