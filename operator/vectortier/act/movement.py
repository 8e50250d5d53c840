"""Starting and clearing away replica movements. Weaviate knows no fence, so each call looks before it acts."""

from vectortier.clients.errors import NotFound, Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import DeleteMovement, StartCopy

SETTLED = ("READY", "CANCELLED")


def start_copy(client: Weaviate, action: StartCopy) -> str:
    """Starts the copy, unless it is there already, and returns the movement's id.

    Weaviate accepts the same copy twice while the first one runs, and the two then break one another's files.
    Therefore the list of movements is read first: one for the same shard and target is not started again, its id is
    returned instead, whatever its state; what to make of a cancelled one is decided by the next look. Raises Refused
    when the target holds the shard already, the source does not, or the target is no member: Weaviate accepts a copy
    to a node that nobody knows and then never gets rid of it. Any ClientError: look again before trying again.
    """
    present = [m for m in client.movements() if _same(m.collection, m.shard, m.target, action)]
    if present:
        # One that still runs is the one to watch; among finished ones any will do.
        return min(present, key=lambda m: (m.state in SETTLED, m.id)).id
    _check_placement(client, action)
    return client.copy_shard((action.collection, action.shard), action.source, action.target)


def delete_movement(client: Weaviate, action: DeleteMovement) -> None:
    """Deletes the record of a finished movement, or cancels one that goes on, if that is asked for; one that is gone is
    done already.

    The deletion happens a moment later, on the target node. Raises Refused for a movement that still runs: deleting
    it would cancel it and remove what was copied.
    """
    try:
        found = client.movement(action.weaviate_operation_id)
    except NotFound:
        return
    if found.state not in SETTLED and not action.cancel:
        raise Refused(f"movement {found.id} of {found.collection}/{found.shard} is {found.state}, not finished")
    client.delete_movement(found.id)


def _check_placement(client: Weaviate, action: StartCopy) -> None:
    shard = next((s for s in client.shards(action.collection) if s.name == action.shard), None)
    what = f"shard {action.shard} of {action.collection}"
    if shard is None:
        raise NotFound(f"{what} does not exist")
    if action.target in shard.replicas:
        raise Refused(f"{action.target} holds {what} already")
    if action.source not in shard.replicas:
        raise Refused(f"{action.source} does not hold {what}; it is on {', '.join(shard.replicas) or 'no node'}")
    members = {member.name: member.status for member in client.members()}
    for node in (action.source, action.target):
        if members.get(node) in {None, "UNAVAILABLE", "TIMEOUT"}:
            raise Refused(f"{node} is {members.get(node, 'no member of the cluster')}, so {what} is not copied")


def _same(collection: str, shard: str, target: str, action: StartCopy) -> bool:
    return (collection, shard, target) == (action.collection, action.shard, action.target)
