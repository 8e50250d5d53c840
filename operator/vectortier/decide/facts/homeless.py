"""Why does a pod have no place: is it a volume that cannot be had, or the machines?

An unbound claim alone says nothing: most volumes are made only once the scheduler has found a machine for the pod, so
a pod that lacks CPU has an unbound claim as well. The scheduler's own words tell the two apart.
"""

from vectortier.api.reasons import Reason
from vectortier.model.workload import Pod

_ABOUT_VOLUMES = ("volume", "storageclass")


def why_homeless(pod: Pod, unbound_volumes: tuple[str, ...]) -> tuple[Reason, str] | None:
    """The reason and what is the matter; None for a pod that has its place, or has not been judged yet."""
    claim = next((c for c in unbound_volumes if c.endswith(pod.name)), None)
    if pod.scheduled:
        return (Reason.STORAGE_UNAVAILABLE, f"the volume claim {claim} is not bound") if claim is not None else None
    if not pod.scheduling_message:
        return None
    said = pod.scheduling_message.rstrip(".")
    if claim is not None and any(word in said.lower() for word in _ABOUT_VOLUMES):
        return Reason.STORAGE_UNAVAILABLE, f"the volume claim {claim} is not bound: {said}"
    return Reason.UNSCHEDULABLE, f"{pod.name} cannot be scheduled: {said}"
