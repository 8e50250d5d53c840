"""Is something missing that needs no evidence of a missed SLO? What Git asks for, or what a failed operation left
undone: copies that nobody is sent to, and shards of one collection with different numbers of copies."""

from vectortier.decide.facts.cold import left_cold
from vectortier.decide.facts.look import Facts, is_running
from vectortier.decide.facts.moves import left_behind
from vectortier.decide.facts.placement import copies, find_member, single_tenant


def missing_nodes(facts: Facts) -> int:
    """How many nodes are missing to nodes.min."""
    return max(0, facts.spec.nodes.min - facts.workload.desired_nodes)


def missing_copies(facts: Facts) -> int:
    """How many copies the least copied shard lacks to copies.min; 0 when there is no shard."""
    have = copies(facts.database)
    return max(0, facts.spec.copies.min - have) if have is not None else 0


def shortfall(facts: Facts) -> str | None:
    """What the spec's minimums ask for beyond what is there; None when they are met."""
    if missing_nodes(facts):
        return f"the tier has {facts.workload.desired_nodes} of at least {facts.spec.nodes.min} nodes (nodes.min)"
    if missing_copies(facts):
        return f"a shard has {copies(facts.database)} of at least {facts.spec.copies.min} copies (copies.min)"
    if idle := idle_holders(facts):
        return f"{idle[0]} holds copies and does not serve, since the operation that made them failed"
    if uneven := _uneven(facts):
        return f"the shards of {uneven} have different numbers of copies, which some requests cannot work with"
    return None


def idle_holders(facts: Facts) -> tuple[str, ...]:
    """Healthy nodes that hold copies, paid for and never warmed: they wait for an operation to let them serve."""
    holders = {node for c in single_tenant(facts.database) for s in c.shards for node in s.replicas}
    idle = holders - {e.pod for e in facts.journal.serving}
    waiting = idle & left_cold(facts.journal) if idle else idle
    return tuple(sorted(name for name in waiting if _is_healthy(facts, name)))


def _is_healthy(facts: Facts, name: str) -> bool:
    pod, member = facts.pod(name), find_member(facts.database, name)
    return pod is not None and is_running(pod) and pod.ready and member is not None and member.status == "HEALTHY"


def _uneven(facts: Facts) -> str | None:
    """A collection whose shards have different numbers of copies and may have one more, but for those that are about to
    be moved; not in a tier with more nodes
    than it may have, which makes copies in order to give nodes back."""
    if facts.workload.desired_nodes > facts.spec.nodes.max:
        return None
    moved = {(step.collection, step.shard) for step in left_behind(facts)}
    for collection in single_tenant(facts.database):
        counts = [len(shard.replicas) - ((collection.name, shard.name) in moved) for shard in collection.shards]
        if counts and min(counts) < max(counts) and min(counts) < facts.spec.copies.max:
            return collection.name
    return None
