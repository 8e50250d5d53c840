"""What Kubernetes knows of a tier."""

from vectortier.model.value import Value


class Pod(Value):
    """One Weaviate pod. Times are Unix seconds."""

    name: str
    uid: str
    ordinal: int
    ip: str | None = None
    phase: str
    ready: bool = False
    terminating: bool = False
    scheduled: bool = True
    scheduling_message: str = ""
    waiting_reason: str = ""
    image: str = ""
    outdated: bool = False
    """Started from an older template of the StatefulSet, which restarts nothing by itself (OnDelete)."""
    restarts: int = 0
    started_at: float | None = None
    """When the Weaviate container that runs now was started; None when it does not run."""
    ready_since: float | None = None
    """Since when the pod is ready (or not ready); the last change of its Ready condition."""


class Volume(Value):
    """The volume claim of a node, which outlives its pod."""

    name: str
    uid: str
    node: str
    requested_bytes: int | None = None
    """What the claim asks for. None: not known. The same holds for the capacity, which is what the volume has."""
    capacity_bytes: int | None = None
    progress: str = ""
    """What Kubernetes or the driver says about a change of the size that is not over."""
    owned: bool = False
    """Whether it is deleted with the StatefulSet."""


class Workload(Value):
    """The tier's objects in Kubernetes, as far as decisions need them."""

    stateful_set_exists: bool
    desired_nodes: int
    """Replicas in the StatefulSet's spec; 0 when it does not exist."""
    stateful_set_ending: bool = False
    """It has been deleted, and is there until Kubernetes has let go of its pods."""
    new_volume_bytes: int | None = None
    """What the volume of a node would have that is added now; None: not known."""
    image: str = ""
    """The image of Weaviate that a node started now would run."""
    pods: tuple[Pod, ...] = ()
    gateway_ready_replicas: int = 0
    gateway_desired_replicas: int = 0
    unbound_volumes: tuple[str, ...] = ()
    """Claims that are not bound, for example because no volume can be had."""
    volumes: tuple[Volume, ...] = ()
    """Of every node that there is or was, by ordinal."""
    missing_keys: bool = False
    """A Secret that the spec names, or that was generated, is not there or lacks a key."""
