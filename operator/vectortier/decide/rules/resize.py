"""A larger weaviate.storage.size: every volume is asked for in the new size, and then those of nodes to come are.

The order is an argument. Whether a storage class allows volumes to grow shows when the first one is asked for; as long
as it does not, a node that is added gets what the others have. Nothing is restarted, moved or taken away, so it needs
no metrics, and a disk that has filled up, which may be why a node or a shard is not well, is no obstacle.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin
from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.volumes import new_ones_too_small, too_small
from vectortier.decide.rules.damping import after_failures
from vectortier.decide.ruling import Ruling, propose
from vectortier.model.journal import OperationKind, Step, StepName
from vectortier.model.plan import Outcome


def resize_volumes(facts: Facts) -> Ruling | None:
    """Begin to expand what is smaller than the spec says. After a failure not at once, and the tier goes on as it is.
    While a pod is missing the StatefulSet is left alone, and that is somebody else's business."""
    nodes, size = facts.workload.desired_nodes, facts.spec.weaviate.storage.size
    small = too_small(facts.spec, facts.tier.name, facts.workload)
    recreates = new_ones_too_small(facts.spec, facts.workload)
    if not (small or recreates) or missing_pod(facts) is not None:
        return None
    failed = after_failures(facts, OperationKind.RESIZE_VOLUMES)
    if failed is not None and failed.outcome is Outcome.HOLD:
        return None
    steps = tuple(Step(name=StepName.EXPAND_VOLUME, target=volume.node, size=size) for volume in small)
    if recreates:
        steps += (Step(name=StepName.RECREATE_STATEFUL_SET, nodes=nodes, size=size),)
    why = f"weaviate.storage.size is {size} now"
    have = copies(facts.database) or 0
    action = begin(facts, OperationKind.RESIZE_VOLUMES, steps, nodes=nodes, copies=have, message=why)
    what = [f"ask for {size} in the volume claims of {', '.join(v.node for v in small)}"] if small else []
    what += ["make the StatefulSet anew for nodes to come, and leave its pods as they are"] if recreates else []
    return propose(action, Reason.RESIZING_VOLUMES, f"{'; '.join(what)}: {why}")


def missing_pod(facts: Facts) -> str | None:
    """A node without a pod that stays, if there is any. One that was made a moment ago Kubernetes may not know to be
    the StatefulSet's, and would delete with it."""
    names = (node_name(facts.tier.name, ordinal) for ordinal in range(facts.workload.desired_nodes))
    pods = {name: facts.pod(name) for name in names}
    return next((name for name, pod in pods.items() if pod is None or pod.terminating or not pod.scheduled), None)
