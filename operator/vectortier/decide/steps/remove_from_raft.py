"""RemoveFromRaft: raft forgets a node that is gone. It never does so by itself, and waits for it until then.

With the node Weaviate takes its name out of every shard, and gives each of these to another node, which has nothing of
it: so it is asked only while no shard names the node.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.holders import held_by, some_of
from vectortier.decide.facts.placement import find_member, is_active
from vectortier.decide.rules.foreign import backup_running
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal, wait
from vectortier.model.plan import RemoveFromRaft, SetNodes


def remove_from_raft(at: At) -> Ruling:
    """Done when raft's configuration does not name the node. It is never given up: nothing can be moved before."""
    if not any(r.id == at.target for r in at.facts.database.raft):
        return complete(at, f"raft does not know {at.target} any more")
    given = _given(at)
    if at.facts.workload.desired_nodes > _nodes(at):
        text = f"{at.target} was given {given or 'something'}, while it went; it is back"
        return fail(at, Reason.STILL_HOLDS_DATA, text)
    return _bring_back(at, given) if given is not None else _forget(at)


def _forget(at: At) -> Ruling:
    if find_member(at.facts.database, at.target) is not None:
        return wait(at, f"{at.target} is a member of the cluster still")
    # Somebody else's movement is no reason to wait: it waits for every member of raft's configuration, so for this one.
    backup = backup_running(at.facts)
    if backup is not None:
        return blocked(at, backup)
    if not at.journalled:
        return journal(at)
    action = RemoveFromRaft(index=at.index, node=at.target)
    return propose(action, at.reason, f"{at.label()}: raft forgets {at.target}, which is gone and holds nothing")


def _given(at: At) -> str | None:
    """What was placed on the node, or is on its way to it, since it was told to go: Weaviate does so until raft has
    forgotten it. A movement to a node that is gone never ends, and cannot be deleted."""
    held = held_by(at.facts.database, at.target)
    if held:
        return some_of(held)
    moving = (m for m in at.facts.database.movements if is_active(m.state) and at.target in (m.source, m.target))
    return next((f"movement {m.id} of {m.collection}/{m.shard}" for m in moving), None)


def _bring_back(at: At, given: str) -> Ruling:
    """Its volume is still there, so it comes back with what it had."""
    if not at.journalled:
        return journal(at)
    text = f"{at.label()}: {at.target} was given {given}, while it went; it comes back"
    return propose(SetNodes(index=at.index, nodes=_nodes(at) + 1), Reason.STILL_HOLDS_DATA, text)


def _nodes(at: At) -> int:
    """How many there are to be without this one."""
    return at.step.nodes or at.operation.nodes
