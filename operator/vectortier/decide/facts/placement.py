"""Where the shards are. Multi-tenant collections do not count as to how many copies there are: they keep those that
they were created with."""

from collections import Counter

from vectortier.decide.facts.look import Facts
from vectortier.model.load import Utilisation
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Collection, Database, Member, Shard, ShardOnNode

ALIVE = frozenset({"HEALTHY", "UNHEALTHY", "TIMEOUT"})
"""Busy is not dead: UNHEALTHY is a node that gossips late, or whose peers do; TIMEOUT one that answers late."""
FINISHED = frozenset({"READY", "CANCELLED"})


def is_active(state: str) -> bool:
    """Whether a movement in this state is still going on."""
    return state not in FINISHED


def can_be_cancelled(state: str) -> bool:
    """Whether Weaviate takes a cancellation of a movement in this state."""
    return is_active(state) and state not in ("INTEGRATING", "DEHYDRATING")


def single_tenant(database: Database) -> tuple[Collection, ...]:
    """The collections whose copies follow the tier's, by name."""
    return tuple(sorted((c for c in database.collections if not c.multi_tenant), key=lambda c: c.name))


def multi_tenant(database: Database) -> tuple[Collection, ...]:
    """The others, by name, with their tenants by name."""
    found = (c for c in database.collections if c.multi_tenant)
    by_name = (c.model_copy(update={"shards": tuple(sorted(c.shards, key=lambda s: s.name))}) for c in found)
    return tuple(sorted(by_name, key=lambda c: c.name))


def copies(database: Database) -> int | None:
    """The least number of copies over the shards of these collections; None when there is no shard."""
    return min((len(s.replicas) for c in single_tenant(database) for s in c.shards), default=None)


def find_collection(database: Database, name: str | None) -> Collection | None:
    """The collection of that name."""
    return next((c for c in database.collections if c.name == name), None)


def find_shard(database: Database, collection: str | None, shard: str | None) -> Shard | None:
    """The shard of that name."""
    found = find_collection(database, collection)
    return next((s for s in found.shards if s.name == shard), None) if found else None


def find_member(database: Database, name: str) -> Member | None:
    """The member of that name."""
    return next((m for m in database.members if m.name == name), None)


def shard_on(database: Database, node: str, collection: str, shard: str) -> ShardOnNode | None:
    """The shard as that node reports it; None when it reports none, which is not the same as empty."""
    member = find_member(database, node)
    if member is None:
        return None
    return next((s for s in member.shards if s.collection == collection and s.shard == shard), None)


def by_node(utilisation: tuple[Utilisation, ...] | Unknown) -> dict[str, float]:
    """How much of its limit each node uses, 0..1; empty when it is not known."""
    return {} if isinstance(utilisation, Unknown) else {u.node: u.fraction for u in utilisation}


def best_source(facts: Facts, collection: str, shard: str) -> str | None:
    """The replica to copy from; None when no replica is alive."""
    return next(iter(sources(facts, collection, shard)), None)


def sources(facts: Facts, collection: str, shard: str) -> list[str]:
    """The replicas that are alive, the best to copy from first: healthy before busy, then the least busy processor,
    then a node without a vote."""
    found = find_shard(facts.database, collection, shard)
    if found is None:
        return []
    voters = {r.id for r in facts.database.raft if r.voter}
    cpu = {} if isinstance(facts.load, Unknown) else by_node(facts.load.cpu)

    def rank(name: str) -> tuple[bool, float, bool, str]:
        member = find_member(facts.database, name)
        return (member is None or member.status != "HEALTHY", cpu.get(name, 1.0), name in voters, name)

    alive = [n for n in found.replicas if (m := find_member(facts.database, n)) is not None and m.status in ALIVE]
    return sorted(alive, key=rank)


def share_of_objects(facts: Facts, node: str, collection: str, shard: str) -> float | None:
    """The share of a node's objects that are in one shard, 0..1; None when the node does not report the shard.

    A tenant that is not loaded is not reported, and nobody knows how large it is: it counts as one of the shards.
    """
    member = find_member(facts.database, node)
    if member is None:
        return None
    found = shard_on(facts.database, node, collection, shard)
    if found is None:
        placed = find_shard(facts.database, collection, shard)
        sleeps = placed is not None and placed.tenant_status == "COLD" and node in placed.replicas
        return 1.0 / shards_on(facts.database)[node] if sleeps else None
    counts = [s.object_count for s in member.shards]
    return found.object_count / sum(counts) if sum(counts) else 1.0 / len(counts)


def shards_on(database: Database) -> Counter[str]:
    """How many shards name each node, those of tenants included."""
    return Counter(name for c in database.collections for s in c.shards for name in s.replicas)
