"""AddNode: raise the StatefulSet's replicas, by all the nodes that the operation adds."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import node_name
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.rules.versions import same_image
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blind, blocked, complete, fail, journal
from vectortier.model.plan import SetNodes

SCALE_SECONDS = 900.0
"""How long Kubernetes may refuse to scale the StatefulSet."""


def add_node(at: At) -> Ruling:
    """Done when the StatefulSet asks for the nodes, whoever made it do so."""
    desired, wanted = at.facts.workload.desired_nodes, at.step.nodes or at.operation.nodes
    if desired >= wanted:
        return complete(at, f"the StatefulSet has {desired} replicas")
    return _pointless(at, desired, wanted) or blind(at, "added") or _raise(at, desired, wanted)


def _pointless(at: At, desired: int, wanted: int) -> Ruling | None:
    if wanted > at.facts.spec.nodes.max:
        return fail(at, Reason.AT_MAX_NODES, f"{wanted} nodes are needed, nodes.max is now {at.facts.spec.nodes.max}")
    if desired < _before(at, wanted):
        return fail(at, Reason.OPERATION_FAILED, f"the tier has shrunk to {desired} nodes meanwhile")
    return None


def _before(at: At, wanted: int) -> int:
    """How many nodes there were: the first new one, which the step names, came next."""
    names = (node_name(at.facts.tier.name, ordinal) for ordinal in range(wanted))
    return next((ordinal for ordinal, name in enumerate(names) if name == at.target), wanted - 1)


def _raise(at: At, desired: int, wanted: int) -> Ruling:
    if at.journalled and at.seconds > SCALE_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"the StatefulSet could not be scaled within {at.seconds:.0f} s")
    obstacle = first_hold((*OBSTACLES, same_image), at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    action = SetNodes(index=at.index, nodes=wanted)
    return propose(action, Reason.SCALING_OUT, f"{at.label()}: from {desired} to {wanted} nodes")
