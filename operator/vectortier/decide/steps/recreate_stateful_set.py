"""RecreateStatefulSet: what it says of the volumes of nodes to come cannot be changed, so it is made anew.

Its pods and claims stay as they are and become the new one's. As long as the step is journalled, how many nodes there
are is known from it, and not from the StatefulSet.
"""

from vectortier.api.quantity import parse_quantity
from vectortier.api.reasons import Reason
from vectortier.decide.facts.volumes import of_nodes
from vectortier.decide.rules.resize import missing_pod
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, complete, fail, journal, wait
from vectortier.model.plan import RecreateStatefulSet

RECREATE_SECONDS = 300.0
"""How long it may go on before the StatefulSet has been deleted; the tier cannot grow meanwhile."""


def recreate_stateful_set(at: At) -> Ruling:
    """Done when one is there that asks for that much or more for each node. It is never given up on while the former
    one is about to go: what is known of it is in this step."""
    workload, size = at.facts.workload, at.step.size or at.facts.spec.weaviate.storage.size
    if workload.stateful_set_ending:
        return wait(at, "the former StatefulSet has been deleted, and ends once Kubernetes has let go of its pods")
    if workload.new_volume_bytes is not None and workload.new_volume_bytes >= parse_quantity(size):
        return complete(at, f"a node that is added gets {size} or more")
    return _pointless(at) or _delete(at)


def _pointless(at: At) -> Ruling | None:
    desired = at.facts.workload.desired_nodes
    if desired != at.step.nodes:
        text = f"the StatefulSet has {desired} replicas, and had {at.step.nodes} when this began"
        return fail(at, Reason.OPERATION_FAILED, text)
    if at.seconds > RECREATE_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"the StatefulSet was not made anew within {at.seconds:.0f} s")
    return None


def _delete(at: At) -> Ruling:
    if not at.journalled:
        return journal(at)
    owned = next((v.name for v in of_nodes(at.facts.tier.name, at.facts.workload) if v.owned), None)
    if owned is not None:
        return wait(at, f"Kubernetes would still delete the claim {owned} with the StatefulSet")
    missing = missing_pod(at.facts)
    if missing is not None:
        return wait(at, f"{missing} has no pod that stays")
    action = RecreateStatefulSet(index=at.index, nodes=at.facts.workload.desired_nodes)
    return propose(action, at.reason, f"{at.label()}: the StatefulSet goes and is made anew; its pods stay")
