"""The volumes of nodes: deleting those of nodes that were taken away, and making the others larger."""

from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.errors import Refused
from vectortier.clients.kubernetes import Kubernetes
from vectortier.model.plan import ExpandVolume, PurgeVolume, RecreateStatefulSet
from vectortier.observe.tier import TierView


def purge_volume(kubernetes: Kubernetes, view: TierView, action: PurgeVolume) -> bool:
    """Delete the claim that was seen; whether it was there. Raises KubernetesError.

    Left alone when a pod of that node exists, and without a StatefulSet to say how many nodes there are to be. Refused
    (ConflictError) if the claim has changed since it was seen.
    """
    pods = {pod["metadata"]["name"] for pod in view.all(kinds.POD)}
    ordinal = int(action.node.rpartition("-")[2])
    if view.stateful_set is None or view.stateful_set["spec"].get("replicas", 1) > ordinal or action.node in pods:
        return False
    claim = view.find(kinds.VOLUME_CLAIM, action.claim)
    if claim is None or claim["metadata"]["uid"] != action.uid:
        return False
    return kubernetes.delete(claim)


def expand_volume(kubernetes: Kubernetes, view: TierView, action: ExpandVolume) -> bool:
    """Ask for the larger size in the claim that was seen; whether it was there. Raises KubernetesError: ForbiddenError
    where its storage class, a quota or the operator's permissions do not allow it.

    Refused (ConflictError) if the claim has changed since it was seen: it may be larger by now.
    """
    claim = view.find(kinds.VOLUME_CLAIM, action.claim)
    if claim is None:
        return False
    kubernetes.patch(claim, {"spec": {"resources": {"requests": {"storage": action.size}}}})
    return True


def recreate_stateful_set(kubernetes: Kubernetes, view: TierView, action: RecreateStatefulSet) -> bool:
    """Delete the StatefulSet that was seen, without its pods and claims; whether it was there. Raises KubernetesError,
    and Refused when it has other replicas than the journal says: those are what it is made anew with.

    Refused (ConflictError) if the StatefulSet has changed since it was seen.
    """
    workload = view.stateful_set
    if workload is None or "deletionTimestamp" in workload["metadata"]:
        return False
    if workload["spec"].get("replicas", 1) != action.nodes:
        raise Refused(f"the StatefulSet has {workload['spec'].get('replicas', 1)} replicas, not {action.nodes}")
    return kubernetes.delete_alone(workload)
