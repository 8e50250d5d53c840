"""Would the copies fit? Nodes are alike, so a node that receives a copy comes to use what the source uses. Volumes are
not alike as long as some have yet to become larger: there it is the bytes that are the same.

Weaviate warns at 80 % of a disk and makes its shards read-only at 90 %. Of its memory it lets the heap grow to 80 %
of the container's limit (GOMEMLIMIT) before it frees what it can, so a busy node that is well comes close to that.
"""

import math

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import by_node, share_of_objects
from vectortier.decide.facts.proposed import proposed
from vectortier.decide.facts.size import Proposal
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.load import Utilisation
from vectortier.model.plan import Outcome
from vectortier.model.value import Unknown

MOST_MEMORY = 0.9
MOST_DISK = 0.8
"""The shares that a node may come to use."""
_LIMITS = {"memory": (MOST_MEMORY, Reason.NO_ROOM_IN_MEMORY), "disk": (MOST_DISK, Reason.NO_ROOM_ON_DISK)}


def room_in_memory(facts: Facts) -> Ruling | None:
    """Hold when a target would use more than 90 % of its memory limit; without a limit there is no share to judge."""
    return _in_memory(facts, proposed(facts))


def room_on_disk(facts: Facts) -> Ruling | None:
    """Hold when a target would use more than 80 % of its volume; volumes that report nothing cannot be judged."""
    return _on_disk(facts, proposed(facts))


def room_for(facts: Facts, size: Proposal) -> Ruling | None:
    """Both, of the copies of any proposal; the first that holds."""
    found = [ruling for ruling in (_in_memory(facts, size), _on_disk(facts, size)) if ruling is not None]
    return next((ruling for ruling in found if ruling.outcome is Outcome.HOLD), found[0] if found else None)


def _in_memory(facts: Facts, size: Proposal) -> Ruling | None:
    if isinstance(facts.load, Unknown) or facts.spec.weaviate.resources.limits.memory is None:
        return None
    return _room(facts, size, facts.load.memory, "memory")


def _on_disk(facts: Facts, size: Proposal) -> Ruling | None:
    return None if isinstance(facts.load, Unknown) else _room(facts, size, facts.load.disk, "disk")


def _room(facts: Facts, size: Proposal, used: tuple[Utilisation, ...] | Unknown, what: str) -> Ruling | None:
    most, reason = _LIMITS[what]
    if not size.moves:
        return None
    if isinstance(used, Unknown):
        return hold(used.reason, f"{what}: {used.message}")
    if not used and what == "disk":
        return passes("these volumes do not report how full they are: not judged")
    fractions = by_node(used)
    if not all(math.isfinite(f) and f >= 0 for f in fractions.values()):
        return hold(Reason.METRICS_INVALID, f"{what}: {fractions}")
    sizes = _volume_sizes(facts, size.targets) if what == "disk" else {}
    predicted = {t: _predict(facts, size, _as_seen_by(t, fractions, sizes), t) for t in size.targets}
    blind = sorted(t for t, share in predicted.items() if share is None)
    if blind:
        return hold(Reason.METRICS_PARTIAL, f"{what}: not enough is reported to tell what {blind[0]} would use")
    fullest = max(predicted, key=lambda t: (predicted[t] or 0.0, t))
    text = f"{fullest} would use {predicted[fullest]:.0%} of its {what}, {most:.0%} at most"
    return hold(reason, text) if (predicted[fullest] or 0.0) > most else passes(text)


def _volume_sizes(facts: Facts, targets: tuple[str, ...]) -> dict[str, int]:
    """Bytes that each node's volume has, or will have. Nodes of which it is not known are left out."""
    found = {v.node: v.capacity_bytes for v in facts.workload.volumes if facts.pod(v.node) is not None}
    found.update({t: facts.workload.new_volume_bytes for t in targets if facts.pod(t) is None})
    return {node: size for node, size in found.items() if size}


def _as_seen_by(target: str, used: dict[str, float], sizes: dict[str, int]) -> dict[str, float]:
    """What the nodes use, as shares of what the target has. One whose volume's size is not known counts as alike."""
    own = sizes.get(target)
    if own is None:
        return used
    return {node: share * sizes.get(node, own) / own for node, share in used.items()}


def _predict(facts: Facts, size: Proposal, used: dict[str, float], target: str) -> float | None:
    """What the target uses plus, for each shard, its part of what its fullest source uses; None when unknown."""
    total = 0.0 if facts.pod(target) is None else used.get(target)
    if total is None:
        return None
    for move in size.moves:
        if move.target != target:
            continue
        parts = [_part(facts, used, node, move.collection, move.shard) for node in used]
        known = [p for p in parts if p is not None]
        if not known:
            return None
        total += max(known)
    return total


def _part(facts: Facts, used: dict[str, float], node: str, collection: str, shard: str) -> float | None:
    """The part of a node's use that a shard stands for, by objects; None when the node does not hold it."""
    share = share_of_objects(facts, node, collection, shard)
    return None if share is None else used[node] * share
