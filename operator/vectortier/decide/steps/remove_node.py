"""RemoveNode: the youngest node goes, which nobody is sent to and no shard names."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.holders import held_by, some_of
from vectortier.decide.facts.look import node_name
from vectortier.decide.facts.placement import find_member
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blind, blocked, complete, fail, journal, wait
from vectortier.model.plan import RemoveNode

LEAVE_SECONDS = 900.0
"""How long Kubernetes and Weaviate together may take to let a node go."""


def remove_node(at: At) -> Ruling:
    """Done when neither the workload nor Weaviate's members have the node."""
    desired, wanted = at.facts.workload.desired_nodes, at.step.nodes or at.operation.nodes
    there = at.facts.pod(at.target) is not None or find_member(at.facts.database, at.target) is not None
    if desired <= wanted and not there:
        return complete(at, f"{at.target} is gone")
    if desired <= wanted:
        # There is no way back from here but a scale-out, and raft has to forget the node in any case.
        reason = Reason.NODE_DEAD if at.seconds > LEAVE_SECONDS else at.reason
        return wait(at, f"{at.target} is on its way out, for {at.seconds:.0f} s", reason)
    if at.journalled and at.seconds > LEAVE_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"{at.target} could not be taken away within {at.seconds:.0f} s")
    return _pointless(at, desired, wanted) or blind(at, "taken away") or _lower(at, wanted)


def _pointless(at: At, desired: int, wanted: int) -> Ruling | None:
    if wanted < at.facts.spec.nodes.min:
        text = f"{wanted} nodes would be left, nodes.min is now {at.facts.spec.nodes.min}"
        return fail(at, Reason.OPERATION_FAILED, text)
    if node_name(at.facts.tier.name, desired - 1) != at.target:
        return fail(at, Reason.OPERATION_FAILED, f"the tier has {desired} nodes meanwhile")
    if any(r.voter and r.id == at.target for r in at.facts.database.raft):
        return fail(at, Reason.OPERATION_FAILED, f"{at.target} has a vote in raft, and those that vote stay")
    held = held_by(at.facts.database, at.target)
    if held:
        return fail(at, Reason.STILL_HOLDS_DATA, f"{at.target} was given {some_of(held)}, in the last moment; it stays")
    return None


def _lower(at: At, wanted: int) -> Ruling:
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    if any(e.pod == at.target for e in at.facts.journal.serving):
        return wait(at, f"searches are still sent to {at.target}")
    action = RemoveNode(index=at.index, node=at.target, nodes=wanted)
    return propose(action, at.reason, f"{at.label()}: {at.target} goes, {wanted} nodes are left")
