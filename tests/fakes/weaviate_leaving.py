"""How copies, and nodes, leave the fake Weaviate."""

from __future__ import annotations

from tests.fakes.weaviate_state import SETTLED, FakeCluster, FakeCollection, Refusal


def scale(cluster: FakeCluster, name: str, removed: dict[str, list[str]]) -> None:
    """The part of a scaling plan that takes copies away: the nodes that each shard loses."""
    if any(m.collection == name and m.state not in SETTLED for m in cluster.movements.values()):
        raise Refusal(500, f'cannot scale while there are ongoing replications for collection "{name}"')
    for shard, nodes in removed.items():
        for node in nodes:
            try:
                drop_copy(cluster, cluster.collections[name], shard, node)
            except Refusal as refusal:
                raise Refusal(500, f'delete replica "{node}" from shard "{shard}": {refusal.message}') from refusal


def drop_copy(cluster: FakeCluster, collection: FakeCollection, shard: str, node: str) -> None:
    """The copy goes at once. The real one only counts as well: the others may be dead, or empty."""
    replicas = collection.replicas.get(shard)
    if replicas is None:
        raise Refusal(500, f"could not find shard {shard}")
    if len(replicas) <= collection.factor:
        raise Refusal(500, f"unable to delete replica from shard, minimum replication factor {collection.factor}")
    if node in replicas:
        replicas.remove(node)
        collection.empty.discard((shard, node))
        cluster.dropped_copies.append((collection.name, shard, node))


def remove_from_raft(cluster: FakeCluster, name: str) -> None:
    """Raft forgets the node, then every shard does; one that would have too few copies is given an empty one first."""
    node = cluster.nodes.get(name)
    if node is not None and node.in_raft:
        node.in_raft = False
        cluster.forgotten_nodes.append(name)
    for collection in cluster.collections.values():
        for shard, replicas in collection.replicas.items():
            if name in replicas:
                _hand_over(cluster, collection, shard, name)


def _hand_over(cluster: FakeCluster, collection: FakeCollection, shard: str, leaving: str) -> None:
    replicas = collection.replicas[shard]
    others = [n.name for n in cluster.nodes.values() if n.in_raft and n.name not in replicas]
    # Enough for one to go. Nothing is copied to them.
    for taker in others[: max(0, collection.factor + 1 - len(replicas))]:
        replicas.append(taker)
        collection.empty.add((shard, taker))
    if len(replicas) > 1 and len(replicas) >= collection.factor:
        drop_copy(cluster, collection, shard, leaving)
