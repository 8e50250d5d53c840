"""The volumes of nodes: those of nodes that are there, which have to be as large as the spec says, and of nodes that
were taken away: kept for a while, and gone before their node is ever added again.

A node that starts on the volume of a former one brings its raft state and its shards along, as they were.
"""

from vectortier.api.quantity import parse_quantity
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.holders import held_by
from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import find_member
from vectortier.model.workload import Volume, Workload


def volume_of(facts: Facts, node: str) -> Volume | None:
    """The volume of a node; None when there is none."""
    return next((v for v in facts.workload.volumes if v.node == node), None)


def too_small(spec: VectorTierSpec, tier: str, workload: Workload) -> tuple[Volume, ...]:
    """Volumes of the tier's nodes that are asked for smaller than the spec says. One whose size is not known, or that
    is not bound yet, is left as it is: nothing could be changed in it."""
    wanted = parse_quantity(spec.weaviate.storage.size)
    return tuple(
        volume
        for volume in of_nodes(tier, workload)
        if volume.requested_bytes is not None
        and volume.requested_bytes < wanted
        and volume.name not in workload.unbound_volumes
    )


def growing(tier: str, workload: Workload) -> tuple[Volume, ...]:
    """Those that were asked for larger than they are yet."""
    return tuple(
        volume
        for volume in of_nodes(tier, workload)
        if volume.requested_bytes is not None
        and volume.capacity_bytes is not None
        and volume.capacity_bytes < volume.requested_bytes
    )


def new_ones_too_small(spec: VectorTierSpec, workload: Workload) -> bool:
    """Whether a node that is added now would get a smaller volume than the spec says."""
    new = workload.new_volume_bytes
    return new is not None and new < parse_quantity(spec.weaviate.storage.size)


def of_nodes(tier: str, workload: Workload) -> tuple[Volume, ...]:
    """The volumes of the nodes that there are to be."""
    there = {node_name(tier, ordinal) for ordinal in range(workload.desired_nodes)}
    return tuple(v for v in workload.volumes if v.node in there)


def left_over(facts: Facts) -> tuple[Volume, ...]:
    """Volumes of nodes that are gone for good: no pod runs on one, no shard and no configuration names its node.

    One whose node somebody else has taken away may hold the only copy of something: a shard still names that node.
    """
    there = {node_name(facts.tier.name, ordinal) for ordinal in range(facts.workload.desired_nodes)}
    return tuple(v for v in facts.workload.volumes if v.node not in there and why_needed(facts, v.node) is None)


def why_needed(facts: Facts, node: str) -> str | None:
    """What still counts on the node; None when nothing does."""
    if facts.pod(node) is not None:
        return f"the pod {node} exists"
    if find_member(facts.database, node) is not None:
        return f"{node} is a member of the cluster"
    if any(r.id == node for r in facts.database.raft):
        return f"raft's configuration names {node}"
    held = held_by(facts.database, node)
    return f"{held[0]} names {node}" if held else None
