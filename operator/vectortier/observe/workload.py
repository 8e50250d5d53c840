"""What Kubernetes knows of a tier's pods and volumes, as values. Pure: the reading was done before."""

import re
from datetime import datetime
from math import ceil
from typing import Any

from vectortier.api.quantity import parse_quantity
from vectortier.children import names
from vectortier.children.keys import SECRET_KEYS
from vectortier.children.metadata import COMPONENT_LABEL
from vectortier.children.weaviate_pod import DATA_VOLUME
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Object
from vectortier.model.journal import Journal, OperationKind
from vectortier.model.value import Unknown
from vectortier.model.workload import Pod, Volume, Workload
from vectortier.observe.journal import journal_name, read_journal
from vectortier.observe.tier import TierView

_CONTAINER = "weaviate"
_NODE = re.compile(r"-\d+$")
"""Pods and claims of a StatefulSet end in a number; whatever else carries the tier's labels is not a node."""


def read_workload(view: TierView) -> Workload:
    """The tier's nodes, gateway and volumes."""
    workload = view.stateful_set
    gateway = view.find(kinds.DEPLOYMENT, names.gateway(view.identity.name)) or {}
    revision = ((workload or {}).get("status") or {}).get("updateRevision")
    pods = [
        read_pod(pod, revision)
        for pod in view.all(kinds.POD)
        if _component(pod) == names.WEAVIATE and _NODE.search(pod["metadata"]["name"])
    ]
    return Workload(
        stateful_set_exists=workload is not None,
        desired_nodes=workload["spec"].get("replicas", 1) if workload else 0,
        stateful_set_ending=workload is not None and "deletionTimestamp" in workload["metadata"],
        new_volume_bytes=_bytes(_volume_size(workload)) if workload else None,
        image=_image(workload["spec"]["template"]["spec"]) if workload else "",
        pods=tuple(sorted(pods, key=lambda pod: pod.ordinal)),
        gateway_ready_replicas=(gateway.get("status") or {}).get("readyReplicas", 0),
        gateway_desired_replicas=(gateway.get("spec") or {}).get("replicas", 0),
        unbound_volumes=tuple(
            claim["metadata"]["name"]
            for claim in view.all(kinds.VOLUME_CLAIM)
            if (claim.get("status") or {}).get("phase") != "Bound"
        ),
        volumes=read_volumes(view),
        missing_keys=view.keys is None or any(key not in (view.keys.get("data") or {}) for key in SECRET_KEYS),
    )


def read_volumes(view: TierView) -> tuple[Volume, ...]:
    """The volume claims of nodes, by ordinal. A claim of a StatefulSet is named after its pod."""
    prefix = f"{DATA_VOLUME}-"
    found = (
        _read_volume(claim, name.removeprefix(prefix))
        for claim in view.all(kinds.VOLUME_CLAIM)
        if (name := claim["metadata"]["name"]).startswith(prefix) and _NODE.search(name)
    )
    return tuple(sorted(found, key=lambda volume: _ordinal(volume.node)))


def _read_volume(claim: Object, node: str) -> Volume:
    metadata, spec, status = claim["metadata"], claim.get("spec") or {}, claim.get("status") or {}
    progress = (c for c in status.get("conditions") or () if c.get("status") == "True")
    return Volume(
        name=metadata["name"],
        uid=metadata["uid"],
        node=node,
        requested_bytes=_bytes(((spec.get("resources") or {}).get("requests") or {}).get("storage")),
        capacity_bytes=_bytes((status.get("capacity") or {}).get("storage")),
        progress="; ".join(f"{c['type']}: {c['message']}" if c.get("message") else c["type"] for c in progress),
        owned=any(owner["kind"] == kinds.STATEFUL_SET.name for owner in metadata.get("ownerReferences") or ()),
    )


def present_volume_size(view: TierView) -> str:
    """What the StatefulSet asks for, for the volume of each node, as a quantity. Only an operation under the lock
    changes that, since the StatefulSet has to be made anew for it. Without one: what that operation says, else the
    spec."""
    wanted = view.spec.weaviate.storage.size
    if view.stateful_set is None:
        step = _journal(view).recreating
        return step.size or wanted if step is not None else wanted
    present = _volume_size(view.stateful_set)
    # The API server writes a quantity in its own way: the same one stays as the spec has it.
    return wanted if present is None or _bytes(present) == _bytes(wanted) else present


def is_resizing(view: TierView) -> bool:
    """Whether an operation is under way for which the StatefulSet is made anew."""
    operation = _journal(view).operation
    return operation is not None and operation.kind is OperationKind.RESIZE_VOLUMES


def _journal(view: TierView) -> Journal:
    """What is written of operations; of one that cannot be read, nothing is known."""
    found = read_journal(view.find(kinds.CONFIG_MAP, journal_name(view.identity.name)))
    return Journal() if isinstance(found, Unknown) else found


def present_nodes(view: TierView) -> int:
    """How many nodes the tier has. Only an operation under the lock changes that."""
    if view.stateful_set is not None:
        return int(view.stateful_set["spec"].get("replicas", 1))
    return _nodes_without_stateful_set(view)


def _nodes_without_stateful_set(view: TierView) -> int:
    """Never fewer than there are pods that are to stay. Where an operation makes the StatefulSet anew: as many as it
    had. Otherwise as many as there were when the tier was last reported on, or as there are volumes of, since each may
    hold the only copy of something, but for those of nodes that an operation has taken away; for a tier that is new,
    nodes.min.
    """
    journal = read_journal(view.find(kinds.CONFIG_MAP, journal_name(view.identity.name)))
    step = None if isinstance(journal, Unknown) else journal.recreating
    pods = (pod.ordinal + 1 for pod in read_workload(view).pods if not pod.terminating)
    if step is not None and step.nodes is not None:
        return max((step.nodes, *pods))
    volumes = (
        _ordinal(volume.node) + 1
        for volume in read_volumes(view)
        if isinstance(journal, Unknown) or journal.removed_at(volume.node) is None
    )
    return max(view.spec.nodes.min, view.status.nodes, *pods, *volumes)


def read_pod(raw: Object, revision: str | None = None) -> Pod:
    """One Weaviate pod; `revision` is the StatefulSet's latest."""
    metadata, status = raw["metadata"], raw.get("status") or {}
    conditions = {condition["type"]: condition for condition in status.get("conditions") or ()}
    container = _container(status, _CONTAINER)
    running = (container.get("state") or {}).get("running") or {}
    scheduled, ready = conditions.get("PodScheduled", {}), conditions.get("Ready", {})
    return Pod(
        name=metadata["name"],
        uid=metadata["uid"],
        ordinal=_ordinal(metadata["name"]),
        ip=status.get("podIP") or None,
        phase=status.get("phase", "Unknown"),
        ready=ready.get("status") == "True",
        terminating="deletionTimestamp" in metadata,
        scheduled=bool((raw.get("spec") or {}).get("nodeName")),
        scheduling_message=scheduled.get("message", "") if scheduled.get("status") == "False" else "",
        waiting_reason=_waiting_reason(status),
        image=_image(raw.get("spec") or {}),
        outdated=revision is not None and _revision(metadata) not in (None, revision),
        restarts=container.get("restartCount", 0),
        started_at=_unix(running.get("startedAt")),
        ready_since=_unix(ready.get("lastTransitionTime")),
    )


def _image(spec: dict[str, Any]) -> str:
    images = (c["image"] for c in spec.get("containers") or () if c["name"] == _CONTAINER)
    return str(next(images, ""))


def _revision(metadata: dict[str, Any]) -> str | None:
    return (metadata.get("labels") or {}).get("controller-revision-hash")


def _container(status: dict[str, Any], name: str) -> dict[str, Any]:
    found = (c for c in status.get("containerStatuses") or () if c["name"] == name)
    return next(found, {})


def _waiting_reason(status: dict[str, Any]) -> str:
    """Why a container does not run, init containers first, since the others wait for them."""
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        reason = ((container.get("state") or {}).get("waiting") or {}).get("reason", "")
        if reason and reason != "PodInitializing":
            return str(reason)
    return ""


def _component(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get(COMPONENT_LABEL, ""))


def _ordinal(name: str) -> int:
    return int(name.rpartition("-")[2])


def _volume_size(stateful_set: Object) -> str | None:
    """What it asks for, for the volume of each node."""
    for claim in stateful_set["spec"].get("volumeClaimTemplates") or ():
        if claim["metadata"]["name"] == DATA_VOLUME:
            return str(claim["spec"]["resources"]["requests"]["storage"])
    return None


def _bytes(quantity: str | None) -> int | None:
    """None: there is none, or it is written in a way that is not known here."""
    try:
        return None if quantity is None else ceil(parse_quantity(quantity))
    except ValueError:
        return None


def _unix(time: str | None) -> float | None:
    return datetime.fromisoformat(time).timestamp() if time else None
