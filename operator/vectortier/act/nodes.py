"""Adding a Weaviate node, and restarting one that is cut off."""

from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.model.plan import RestartNode, SetNodes
from vectortier.observe.tier import TierView


def set_nodes(kubernetes: Kubernetes, view: TierView, action: SetNodes) -> bool:
    """Set the StatefulSet's replicas; whether anything was written. Raises KubernetesError.

    Never lowers them: what a node holds may be the only copy. Refused (ConflictError) if the StatefulSet has changed
    since it was seen.
    """
    workload = view.stateful_set
    if workload is None or workload["spec"].get("replicas", 1) >= action.nodes:
        return False
    kubernetes.patch(workload, {"spec": {"replicas": action.nodes}})
    return True


def restart_node(kubernetes: Kubernetes, view: TierView, action: RestartNode) -> None:
    """Delete the pod that was seen; its StatefulSet makes it anew, on the same volume. Raises KubernetesError."""
    kubernetes.delete(kinds.POD, view.identity.namespace, action.pod, uid=action.uid)
