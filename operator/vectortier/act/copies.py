"""Dropping a copy. Weaviate knows no fence, and counts copies without asking after them: so each call looks first."""

from vectortier.act.movement import SETTLED
from vectortier.clients.errors import NotFound, Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import DropCopy


def drop_copy(client: Weaviate, action: DropCopy) -> bool:
    """Has the node drop its copy; whether it was asked to. One that it does not hold is dropped already.

    Raises Refused when fewer than `copies` others would be left, when one of those is not healthy, and while the shard
    is being moved: its source must stay.
    """
    what = f"shard {action.shard} of {action.collection}"
    moving = [m for m in client.movements() if (m.collection, m.shard) == (action.collection, action.shard)]
    active = next((m for m in moving if m.state not in SETTLED), None)
    if active is not None:
        raise Refused(f"{what} is being moved to {active.target} ({active.state}, movement {active.id})")
    shard = next((s for s in client.shards(action.collection) if s.name == action.shard), None)
    if shard is None:
        raise NotFound(f"{what} does not exist")
    if action.node not in shard.replicas:
        return False
    others = [name for name in shard.replicas if name != action.node]
    if len(others) < max(1, action.copies):
        raise Refused(f"{what} is on {', '.join(shard.replicas)}: {action.copies} copies have to stay")
    members = {member.name: member.status for member in client.members()}
    unwell = [name for name in others if members.get(name) != "HEALTHY"]
    if unwell:
        state = members.get(unwell[0], "no member of the cluster")
        raise Refused(f"{unwell[0]}, which holds {what} as well, is {state}")
    client.drop_copy((action.collection, action.shard), action.node)
    return True
