"""Adding a Weaviate node, taking the youngest away, and restarting one that is cut off."""

from vectortier.act.raft import check_empty
from vectortier.children import names
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.errors import Refused
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import RemoveNode, RestartNode, SetNodes
from vectortier.observe.tier import TierView


def set_nodes(kubernetes: Kubernetes, view: TierView, action: SetNodes) -> bool:
    """Raise the StatefulSet's replicas; whether anything was written. Raises KubernetesError.

    Never lowers them: that is `remove_node`, which looks first. Refused (ConflictError) if the StatefulSet has changed
    since it was seen.
    """
    workload = view.stateful_set
    if workload is None or workload["spec"].get("replicas", 1) >= action.nodes:
        return False
    kubernetes.patch(workload, {"spec": {"replicas": action.nodes}})
    return True


def remove_node(kubernetes: Kubernetes, client: Weaviate, view: TierView, action: RemoveNode) -> bool:
    """Lower the StatefulSet's replicas by the youngest node; whether anything was written. Raises KubernetesError, and
    Refused when the youngest is another one, has a vote, or is named by a shard: that is read once more right before.

    Refused (ConflictError) if the StatefulSet has changed since it was seen.
    """
    workload = view.stateful_set
    if workload is None or workload["spec"].get("replicas", 1) <= action.nodes:
        return False
    youngest = names.node(view.identity.name, action.nodes)
    if workload["spec"].get("replicas", 1) != action.nodes + 1 or youngest != action.node:
        raise Refused(f"{action.node} is not the youngest node: the StatefulSet has {workload['spec']['replicas']}")
    if action.nodes < view.spec.weaviate.raft_voters:
        raise Refused(f"{action.node} has a vote in raft")
    check_empty(client, action.node)
    kubernetes.patch(workload, {"spec": {"replicas": action.nodes}})
    return True


def restart_node(kubernetes: Kubernetes, view: TierView, action: RestartNode) -> bool:
    """Delete the pod that was seen; its StatefulSet makes it anew, on the same volume. Whether it was there. Raises
    KubernetesError.

    Refused (ConflictError) if the pod has changed since it was seen, which pods often do: then it is looked at again.
    """
    seen = view.find(kinds.POD, action.pod)
    if seen is None or seen["metadata"]["uid"] != action.uid:
        return False
    return kubernetes.delete(seen)
