"""RemoveNode: nobody is sent to the youngest node any more, then it goes, and its copies with it."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import node_name
from vectortier.decide.facts.placement import find_member
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blind, blocked, complete, fail, journal, wait
from vectortier.model.plan import SetNodes

LEAVE_SECONDS = 900.0
"""How long the serving set, Kubernetes and Weaviate together may take to let a node go."""


def remove_node(at: At) -> Ruling:
    """Done when neither the workload nor Weaviate's members have the node."""
    desired, wanted = at.facts.workload.desired_nodes, at.step.nodes or at.operation.nodes
    there = at.facts.pod(at.target) is not None or find_member(at.facts.database, at.target) is not None
    if desired <= wanted and not there:
        return complete(at, f"{at.target} is gone")
    if at.journalled and at.seconds > LEAVE_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"{at.target} has not left within {at.seconds:.0f} s")
    if desired <= wanted:
        return wait(at, f"{at.target} is on its way out")
    return _pointless(at, desired, wanted) or blind(at, "taken away") or _lower(at, wanted)


def _pointless(at: At, desired: int, wanted: int) -> Ruling | None:
    if wanted < at.facts.spec.nodes.min:
        text = f"{wanted} nodes would be left, nodes.min is now {at.facts.spec.nodes.min}"
        return fail(at, Reason.OPERATION_FAILED, text)
    if node_name(at.facts.tier.name, desired - 1) != at.target:
        return fail(at, Reason.OPERATION_FAILED, f"the tier has {desired} nodes meanwhile")
    return None


def _lower(at: At, wanted: int) -> Ruling:
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    if any(e.pod == at.target for e in at.facts.journal.serving):
        return wait(at, f"searches are still sent to {at.target}")
    action = SetNodes(index=at.index, nodes=wanted)
    return propose(action, at.reason, f"{at.label()}: {at.target} goes, {wanted} nodes are left")
