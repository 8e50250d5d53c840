"""Deleting the volume of a node that was taken away."""

from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import NotFoundError
from vectortier.model.plan import PurgeVolume
from vectortier.observe.tier import TierView


def purge_volume(kubernetes: Kubernetes, view: TierView, action: PurgeVolume) -> bool:
    """Delete the claim that was seen; whether it was there. Raises KubernetesError.

    Left alone when a pod of that node exists, and without a StatefulSet to say how many nodes there are to be.
    """
    pods = {pod["metadata"]["name"] for pod in view.all(kinds.POD)}
    ordinal = int(action.node.rpartition("-")[2])
    if view.stateful_set is None or view.stateful_set["spec"].get("replicas", 1) > ordinal or action.node in pods:
        return False
    try:
        kubernetes.delete(kinds.VOLUME_CLAIM, view.identity.namespace, action.claim, uid=action.uid)
    except NotFoundError:
        return False
    return True
