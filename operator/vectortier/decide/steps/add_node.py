"""AddNode: raise the StatefulSet's replicas."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.windows import read_windows
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.rules.versions import same_image
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal, wait
from vectortier.model.plan import SetNodes
from vectortier.model.value import Unknown

SCALE_SECONDS = 900.0
"""How long Kubernetes may refuse to scale the StatefulSet."""


def add_node(at: At) -> Ruling:
    """Done when the StatefulSet asks for the node, whoever made it do so."""
    desired, wanted = at.facts.workload.desired_nodes, at.step.nodes or at.operation.nodes
    if desired >= wanted:
        return complete(at, f"the StatefulSet has {desired} replicas")
    return _pointless(at, desired, wanted) or _blind(at) or _raise(at, desired, wanted)


def _pointless(at: At, desired: int, wanted: int) -> Ruling | None:
    if wanted > at.facts.spec.nodes.max:
        return fail(at, Reason.AT_MAX_NODES, f"{wanted} nodes are needed, nodes.max is now {at.facts.spec.nodes.max}")
    if desired < _ordinal(at.target):
        return fail(at, Reason.OPERATION_FAILED, f"the tier has shrunk to {desired} nodes meanwhile")
    return None


def _ordinal(node: str) -> int:
    """The number of a node: of the first that is added, as many as there were before."""
    return int(node.rpartition("-")[2])


def _blind(at: At) -> Ruling | None:
    windows = read_windows(at.facts.load)
    if isinstance(windows, Unknown) and windows.reason != Reason.NO_TRAFFIC:
        return wait(at, f"no node is added while the metrics are not known: {windows.message}", windows.reason)
    return None


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
