"""Having raft forget a node that is gone."""

from vectortier.act.movement import SETTLED
from vectortier.clients.cluster_port import ClusterPort
from vectortier.clients.errors import Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import RemoveFromRaft


def remove_from_raft(client: Weaviate, port: ClusterPort, action: RemoveFromRaft) -> None:
    """Removes the node, unless it is there or a shard names it: that shard would be given to a node that has nothing
    of it. Raises Refused then, and ClientError."""
    if any(member.name == action.node for member in client.members()):
        raise Refused(f"{action.node} is a member of the cluster: it is not removed from raft")
    check_empty(client, action.node)
    port.remove(action.node)


def check_empty(client: Weaviate, node: str) -> None:
    """Raises Refused when a shard of any collection names the node, those of tenants that are not loaded included, or
    a movement goes to it or comes from it."""
    for collection in client.collections():
        named = [shard.name for shard in client.shards(collection.name) if node in shard.replicas]
        if named:
            raise Refused(f"{node} holds {len(named)} shards of {collection.name}, first {named[0]}")
    moving = [m for m in client.movements() if node in (m.source, m.target) and m.state not in SETTLED]
    if moving:
        raise Refused(f"movement {moving[0].id} goes from {moving[0].source} to {moving[0].target}")
