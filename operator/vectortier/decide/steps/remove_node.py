"""RemoveNode: lower the StatefulSet's replicas by one, once nobody is sent to the node any more."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.placement import find_member
from vectortier.decide.facts.windows import read_windows
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal, wait
from vectortier.model.plan import SetNodes
from vectortier.model.value import Unknown

GONE_SECONDS = 900.0
"""How long a node may take to go."""


def remove_node(at: At) -> Ruling:
    """Done when neither Kubernetes nor Weaviate has the node."""
    desired, wanted = at.facts.workload.desired_nodes, at.step.nodes or at.operation.nodes
    if desired > wanted:
        return _lower(at, desired, wanted)
    if at.facts.pod(at.target) is None and find_member(at.facts.database, at.target) is None:
        return complete(at, f"{at.target} is gone")
    if at.seconds > GONE_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"{at.target} is still there after {at.seconds:.0f} s")
    return wait(at, f"{at.target} is going", Reason.SCALING_IN)


def _lower(at: At, desired: int, wanted: int) -> Ruling:
    windows = read_windows(at.facts.load)
    if isinstance(windows, Unknown) and windows.reason != Reason.NO_TRAFFIC:
        return wait(at, f"no node is removed while the metrics are not known: {windows.message}", windows.reason)
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if any(endpoint.pod == at.target for endpoint in at.facts.journal.serving):
        return wait(at, f"{at.target} is about to be taken out of the serving set", Reason.SCALING_IN)
    if not at.journalled:
        return journal(at)
    action = SetNodes(index=at.index, nodes=wanted)
    return propose(action, Reason.SCALING_IN, f"{at.label()}: from {desired} to {wanted} nodes")
