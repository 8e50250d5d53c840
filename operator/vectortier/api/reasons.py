"""Every reason that a condition, an event or a decision of vectortier can carry.

One entry per reason: its name as written to the cluster, what it means, and what to do about it.
`docs/reference/conditions.md` is generated from this table.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A CamelCase reason that knows its own meaning and remedy."""

    meaning: str
    remedy: str

    def __new__(cls, name: str, meaning: str, remedy: str) -> "Reason":
        """A member that equals its name as a string."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        member.remedy = remedy
        return member

    # The object itself
    AS_EXPECTED = (
        "AsExpected",
        "The cluster is as the spec asks.",
        "Nothing.",
    )
    PROGRESSING = (
        "Progressing",
        "The operator is bringing the cluster to what the spec asks.",
        "Wait; the message says what is awaited.",
    )
    NOT_IMPLEMENTED = (
        "NotImplemented",
        "The spec asks for something that this version of the operator accepts but does not do yet.",
        "Remove the field that the message names, or wait for a version that implements it.",
    )
    INVALID_SPEC = (
        "InvalidSpec",
        "The spec contradicts itself in a way that the API server cannot see; the running tier is left as it is.",
        "Correct the field that the message names.",
    )
    VERSION_NOT_SUPPORTED = (
        "VersionNotSupported",
        "Moving data is not safe with this version of Weaviate, so the tier is served and observed only.",
        "Set weaviate.version to 1.39.2 or later.",
    )
    KEYS_MISSING = (
        "KeysMissing",
        "The Secret with the keys does not exist or lacks a key.",
        "Create the Secret that the message names, with the keys 'api-key', 'cluster-username' and 'cluster-password'.",
    )
    STORAGE_UNAVAILABLE = (
        "StorageUnavailable",
        "A volume of a Weaviate node is not bound.",
        "Look at the PersistentVolumeClaim that the message names: the storage class may be missing or full.",
    )
    UNSCHEDULABLE = (
        "Unschedulable",
        "A pod of the tier fits on no Kubernetes node.",
        "Add room, or lower the requests, node selector or tolerations; the message quotes the scheduler.",
    )
    GATEWAY_NOT_READY = (
        "GatewayNotReady",
        "No gateway pod is ready, so clients cannot reach the tier.",
        "Look at the pods and events of the Deployment NAME-gateway.",
    )
    DELETING = (
        "Deleting",
        "The object is being deleted.",
        "Wait.",
    )
    VOLUMES_RETAINED = (
        "VolumesRetained",
        "The tier is deleted and its volumes are kept, as deletionPolicy says.",
        "Delete the PersistentVolumeClaims by hand when the data is no longer needed.",
    )

    # Weaviate
    WEAVIATE_STARTING = (
        "WeaviateStarting",
        "Weaviate is starting: nodes join, elect a leader or load shards.",
        "Wait; if it takes longer than ten minutes, read the log of the pod that the message names.",
    )
    WEAVIATE_UNREACHABLE = (
        "WeaviateUnreachable",
        "The operator cannot reach Weaviate's API, so it knows nothing about the tier and changes nothing.",
        "Check the pods, the NetworkPolicies and the keys; the message quotes the error.",
    )
    NODE_NOT_READY = (
        "NodeNotReady",
        "A Weaviate node is not ready; it may be busy or starting.",
        "Wait; if it stays so, look at the pod that the message names.",
    )
    NODE_DEAD = (
        "NodeDead",
        "A Weaviate node has been gone from the cluster for longer than a restart takes.",
        "Look at the pod and the Kubernetes node that the message names; nothing is scaled until the node is back.",
    )
    NODE_CUT_OFF = (
        "NodeCutOff",
        "A Weaviate node runs but has left the cluster and does not return on its own; the operator restarts it.",
        "Wait; if it repeats, look for network trouble between the nodes.",
    )
    MIXED_VERSIONS = (
        "MixedVersions",
        "The nodes run different versions of Weaviate; no data is moved meanwhile.",
        "Wait for the upgrade to end, or restart the nodes that the message names.",
    )
    RAFT_MEMBER_MISSING = (
        "RaftMemberMissing",
        "A node is not a member of the raft group, so it would not learn of changes to the schema.",
        "Wait; if it stays so, restart the node that the message names.",
    )
    FOREIGN_MOVEMENT = (
        "ForeignMovement",
        "Weaviate is moving a shard that the operator did not ask it to move.",
        "Wait for it to end, or cancel it with whatever started it.",
    )
    SHARD_READ_ONLY = (
        "ShardReadOnly",
        "A shard is read-only, usually because a disk is nearly full.",
        "Give the node more disk, then set the shard to READY.",
    )
    BACKUP_IN_FLIGHT = (
        "BackupInFlight",
        "A backup or a restore is running; no data is moved meanwhile.",
        "Wait for it to end.",
    )
    TENANT_TRANSITION = (
        "TenantTransition",
        "Tenants are being activated or offloaded; no data is moved meanwhile.",
        "Wait for it to end.",
    )
    NO_COLLECTIONS = (
        "NoCollections",
        "The tier has no collections yet, so there is nothing to copy.",
        "Create a collection.",
    )
    MULTI_TENANT_ONLY = (
        "MultiTenantOnly",
        "Every collection is multi-tenant; those keep copies.min for now, so there is nothing to copy.",
        "Add nodes with nodes.min, so that new tenants spread over them.",
    )

    # What the metrics say
    WITHIN_SLO = (
        "WithinSLO",
        "At least 99 of 100 requests were good.",
        "Nothing.",
    )
    SLO_MISSED = (
        "SLOMissed",
        "More than 1 of 100 requests was bad over both windows.",
        "Read ScalingActive, AbleToScale and ScalingLimited: they say what is done about it, or why nothing can be.",
    )
    TOO_FEW_REQUESTS = (
        "TooFewRequests",
        "Fewer requests than slo.search.minRequests in the long window: the 99th percentile is not known.",
        "Nothing; or lower minRequests, or lengthen damping.windows.longSeconds.",
    )
    NO_TRAFFIC = (
        "NoTraffic",
        "The metrics are fresh and show no request at all.",
        "Nothing, if that is expected; otherwise check that clients use the tier's front door.",
    )
    METRICS_UNAVAILABLE = (
        "MetricsUnavailable",
        "Prometheus does not answer, or has no sample of this tier.",
        "Check the operator's Prometheus URL and that Prometheus scrapes the gateway's port 'stats'.",
    )
    METRICS_STALE = (
        "MetricsStale",
        "The newest sample is too old to decide on.",
        "Check that Prometheus scrapes the tier and that the clocks agree.",
    )
    METRICS_PARTIAL = (
        "MetricsPartial",
        "Some pods are missing from the metrics, or Prometheus warns that its answer is partial.",
        "Check the scrape targets that the message names.",
    )
    METRICS_INVALID = (
        "MetricsInvalid",
        "A query returned something that is not a usable number (NaN, infinite or negative).",
        "Check Prometheus for the query that the message quotes.",
    )

    # Deciding
    SCALE_OUT_NEEDED = (
        "ScaleOutNeeded",
        "The SLO is missed and another copy is expected to mend it.",
        "Nothing; in mode Observe: set mode to Auto to let the operator act.",
    )
    STABILIZING = (
        "Stabilizing",
        "The SLO has been missed for less than the stabilisation window.",
        "Wait.",
    )
    COOLING_DOWN = (
        "CoolingDown",
        "An operation has just ended; its effect is measured before anything else is done.",
        "Wait; damping.scaleOut.cooldownSeconds says how long.",
    )
    WRITE_STORM = (
        "WriteStorm",
        "So much is being written that copying shards now would make latency worse.",
        "Wait, or slow the writers down.",
    )
    AT_MAX_NODES = (
        "AtMaxNodes",
        "The tier needs more nodes than nodes.max allows.",
        "Raise nodes.max, or lower the load.",
    )
    AT_MAX_COPIES = (
        "AtMaxCopies",
        "The tier needs more copies than copies.max allows.",
        "Raise copies.max, or lower the load.",
    )
    NO_ROOM_IN_MEMORY = (
        "NoRoomInMemory",
        "Another copy would not fit in the memory of the node that would receive it.",
        "Raise weaviate.resources.limits.memory.",
    )
    NO_ROOM_ON_DISK = (
        "NoRoomOnDisk",
        "Another copy would not fit on the volume of the node that would receive it.",
        "Use larger volumes.",
    )
    PAUSED = (
        "Paused",
        "The tier is paused by annotation: it is served and observed, and nothing is scaled or moved.",
        "Remove the annotation that the message names.",
    )
    OBSERVE_MODE = (
        "ObserveMode",
        "In mode Observe the operator decides and reports, but never scales or moves.",
        "Set mode to Auto to let the operator act.",
    )

    # Acting
    OPERATION_IN_FLIGHT = (
        "OperationInFlight",
        "Another operation on the tier's data is running; there is only ever one.",
        "Wait; status.operation says how far it is.",
    )
    JOURNAL_UNREADABLE = (
        "JournalUnreadable",
        "The journal of operations cannot be read, so it is not known whether one is in flight.",
        "Look at the ConfigMap that the message names; a newer version of the operator may have written it.",
    )
    LOCK_HELD = (
        "LockHeld",
        "Somebody else holds the lock for disruptive operations on this tier.",
        "Wait until the holder that the message names is done, or delete the Lease if it is gone for good.",
    )
    EPOCH_RAISED = (
        "EpochRaised",
        "A new leader has marked the objects that operations write to, so that the former leader is refused.",
        "Nothing; the operation goes on at the next look.",
    )
    STEP_REFUSED = (
        "StepRefused",
        "Kubernetes or Weaviate refused a step, or the step failed; it is tried again after another look.",
        "Look at the message; if it stays, mend what it names.",
    )
    APPLY_REFUSED = (
        "ApplyRefused",
        "The API server refuses an object of the tier; what runs is left as it is.",
        "Correct the field of the spec that the message leads to, or give the operator the permission.",
    )
    SCALING_OUT = (
        "ScalingOut",
        "A node is being added and the shards are being copied to it.",
        "Wait; status.operation says how far it is.",
    )
    TARGET_UNSCHEDULABLE = (
        "TargetUnschedulable",
        "The node that would receive the copy fits on no Kubernetes node.",
        "Add room, or lower the requests; the message quotes the scheduler.",
    )
    COPY_FAILED = (
        "CopyFailed",
        "Weaviate failed to copy a shard; the copies that exist are untouched.",
        "Read the error in the message; the operator tries again after the cool-down.",
    )
    COPY_CANCELLED = (
        "CopyCancelled",
        "Copying a shard was cancelled; the copies that exist are untouched.",
        "Nothing; the operator decides anew after the cool-down.",
    )
    OPERATION_FAILED = (
        "OperationFailed",
        "An operation ended without reaching its goal; the message says at which step.",
        "Follow the message; the operator tries again after the cool-down.",
    )
