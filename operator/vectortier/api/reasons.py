"""Every reason that a condition, an event or a decision of vectortier can carry.

One entry per reason: its name as written to the cluster, what it means, and what to do about it.
`docs/reference/conditions.md` is generated from this table.
"""

from enum import StrEnum

_TRIED_AGAIN = (
    "the operator tries again after half an hour, then after twice as long each time, up to eight hours; at once when "
    "the spec changes or the annotation vectortier.dev/reconcile-requested-at is set to the present time"
)


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
        "Bring back the Secret with the keys 'api-key', 'cluster-username' and 'cluster-password': the one of "
        "weaviate.keysSecretRef, or NAME-keys where the spec names none.",
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

    # Weaviate
    WEAVIATE_STARTING = (
        "WeaviateStarting",
        "Weaviate is starting: nodes join, elect a leader or load shards.",
        "Wait; if it takes longer than ten minutes, read the logs of the pods NAME-weaviate-0 and following.",
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
        "A Weaviate node is gone: its pod is missing or does not run, or raft still counts a node that is not there. "
        "Copying a shard would wait for it for ever, so nothing is scaled.",
        "Bring the node back: look at its pod and at the Kubernetes node under it. One that can never come back may be "
        "removed by hand, but only when no shard is placed on it, or data is lost: see 'A node that does not come "
        "back' in docs/operations.md.",
    )
    NODE_CUT_OFF = (
        "NodeCutOff",
        "A Weaviate node runs but has left the cluster and does not return on its own; the operator restarts it.",
        "Wait; if it repeats, look for network trouble between the nodes.",
    )
    MIXED_VERSIONS = (
        "MixedVersions",
        "The nodes run different versions of Weaviate, or a new node would; no data is moved meanwhile.",
        "Delete the pods that run the old version, one at a time, each when the last one is ready: a change of the "
        "spec restarts none by itself.",
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
    BACKUP_UNKNOWN = (
        "BackupUnknown",
        "Weaviate cannot say whether a backup runs: a store of backups does not answer. Data is not moved meanwhile.",
        "Look at the store that the message names: its address, its credentials, and how many backups it lists.",
    )
    SHARD_READ_ONLY = (
        "ShardReadOnly",
        "A shard is read-only, usually because a disk is nearly full.",
        "Raise weaviate.storage.size, which expands the volumes: see 'A disk that fills up' in docs/operations.md. "
        "Weaviate then makes the shard writable by itself; one that somebody set read-only has to be set back.",
    )
    BACKUP_IN_FLIGHT = (
        "BackupInFlight",
        "A backup is being made; no data is moved meanwhile. A restore is not noticed.",
        "Wait for it to end. Pause the tier before you restore into it.",
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
        "At most 1 of 100 requests was bad over the long window.",
        "Nothing.",
    )
    SLO_MISSED = (
        "SLOMissed",
        "More than 1 of 100 requests was bad, over the long window and over the short one.",
        "Read ScalingActive, AbleToScale and ScalingLimited: they say what is done about it, or why nothing can be.",
    )
    RECOVERING = (
        "Recovering",
        "More than 1 of 100 requests was bad over the long window, but not over the short one: it is getting better.",
        "Wait: nothing is added while the short window is within the budget.",
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
        "Check the operator's Prometheus URL, and that Prometheus scrapes what docs/quick-start.md lists, with the "
        "labels that it names: the gateway's port 'stats', and the kubelets.",
    )
    METRICS_STALE = (
        "MetricsStale",
        "The newest sample is too old to decide on.",
        "Check that Prometheus scrapes the tier every 15 s, and that its clock and the operator's agree.",
    )
    METRICS_PARTIAL = (
        "MetricsPartial",
        "Some pods are missing from the metrics, or Prometheus warns that its answer is partial.",
        "Look at the targets of the tier's pods in Prometheus; the message says which are missing or how many.",
    )
    SLO_BETWEEN_BUCKETS = (
        "SLOBetweenBuckets",
        "No gateway is scraped, and the promise lies between two bounds of Weaviate's own histogram: it may be kept or "
        "missed.",
        "Have Prometheus scrape the tier's gateways, which count at the promise itself, or promise one of the bounds "
        "that the message names.",
    )
    METRICS_INVALID = (
        "MetricsInvalid",
        "A query returned something that is not a usable number (NaN, infinite or negative).",
        "The message says which number it is. Look at the series behind it in Prometheus: 'envoy_vectortier_...' of "
        "the tier's gateways, 'container_...' and 'kubelet_volume_stats_...' of its nodes.",
    )

    # Deciding
    SCALE_OUT_NEEDED = (
        "ScaleOutNeeded",
        "The SLO is missed and another copy is expected to mend it.",
        "Nothing; in mode Observe: set mode to Auto to let the operator act.",
    )
    SCALE_OUT_DID_NOT_HELP = (
        "ScaleOutDidNotHelp",
        "The SLO is still missed after a scale-out, although the tier should have enough copies by what is measured.",
        "Look for another cause: a slow node, writes, a collection that is searched far more than others, the network; "
        "or whether the SLO can be kept at all. More nodes are not added for it.",
    )
    NOT_WORTH_IT = (
        "NotWorthIt",
        "To make a copy now would cost more of the error budget than the tier would lose without it.",
        "Nothing: it is begun when searches would be late without it.",
    )
    SCALE_IN_NEEDED = (
        "ScaleInNeeded",
        "The tier has been larger than it needs to be for as long as damping.scaleIn asks, or than the spec allows.",
        "Nothing.",
    )
    SPREAD_NEEDED = (
        "SpreadNeeded",
        "A node holds clearly more than its share of what could as well be on other nodes.",
        "Nothing.",
    )
    NEEDED_AFTER_ALL = (
        "NeededAfterAll",
        "A node that was to be taken away is needed, as showed once it was sent nothing more; it serves again.",
        "Nothing: it is tried again later. If it repeats, raise copies.min.",
    )
    BACKED_OUT = (
        "BackedOut",
        "Copying has made searches far later than predicted, for long, and nobody waits for what was copied, so the "
        "operation was ended; what had been copied stays.",
        "Nothing: it is tried again later. If it repeats, lower damping.maxConcurrentMoves, give the nodes more "
        "processors, or set rebalance.maintenanceWindows to quiet hours.",
    )
    NOT_CARRIED_OUT = (
        "NotCarriedOut",
        "The operator has decided something that this version only proposes and does not do.",
        "Do by hand what the message says, or leave it.",
    )
    STABILIZING = (
        "Stabilizing",
        "The SLO has been missed for less than the stabilisation window.",
        "Wait.",
    )
    COOLING_DOWN = (
        "CoolingDown",
        "An operation has just succeeded; its effect is measured before anything else is done.",
        "Wait; damping.scaleOut.cooldownSeconds says how long.",
    )
    SATURATION = (
        "Saturation",
        "Searches keep the serving nodes so busy that they wait for one another; another copy takes a part of them.",
        "Nothing; the operator goes on to add a copy, unless another reason holds it back.",
    )
    WRITE_STORM = (
        "WriteStorm",
        "Writes, or the indexing of what was written, take the processors. Every copy takes every write, so another "
        "copy would not help, and making it would make latency worse.",
        "Wait, or slow the writers down; if it stays so, give each node more processors.",
    )
    MOVEMENT_IN_FLIGHT = (
        "MovementInFlight",
        "Data is being copied, moved or backed up, which makes searches slow for a while.",
        "Wait for it to end; then it is judged again.",
    )
    WAITING_FOR_SEARCHES = (
        "WaitingForSearches",
        "The next copy is not begun because those before it make searches later than predicted, and nobody waits for "
        "it.",
        "Nothing: it is begun once searches are in time, or when it has waited for as long as the message says. If it "
        "repeats, lower damping.maxConcurrentMoves or give the nodes more processors.",
    )
    COLD_COPY = (
        "ColdCopy",
        "A node has begun to serve, or was restarted, within the long window and is not warm yet.",
        "Wait: it passes within damping.windows.longSeconds. If the node keeps restarting, look at its log.",
    )
    SICK_NODE = (
        "SickNode",
        "One serving node is far busier or far idler than its peers, is not healthy without being busy, or does not "
        "stay up; the others are well. More nodes would not mend it.",
        "Look at the node that the message names: at its pod (restarts, throttling), its Kubernetes node (noisy "
        "neighbours, disk) and its network. Restart the pod if nothing else is found.",
    )
    HOT_COLLECTION = (
        "HotCollection",
        "One collection or tenant takes most of the searches, and the next copy would not take a part of them: its "
        "tenants keep their copies, or the copy would be of another collection.",
        "Give the collection that the message names more copies or a tier of its own. With "
        "PROMETHEUS_MONITORING_GROUP=false in weaviate.env Weaviate tells the searches of each collection.",
    )
    CAUSE_UNKNOWN = (
        "CauseUnknown",
        "Searches are slow and the nodes have processors to spare: more nodes would not help.",
        "Look at what else takes time: single searches that are slow by themselves (limit, filters, ef), the network "
        "between clients, gateway and nodes, the disks, garbage collection and memory; or the promise is shorter than "
        "one search takes: then raise slo.search.p99Milliseconds.",
    )
    TOO_MANY_SHARDS = (
        "TooManyShards",
        "Growing would copy more shards than one operation can keep a journal of.",
        "Use fewer, larger shards, or spread the collections over several tiers.",
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
        "Raise weaviate.resources.limits.memory: a new node has it at once, the others when their pods are restarted.",
    )
    NO_ROOM_ON_DISK = (
        "NoRoomOnDisk",
        "Another copy would not fit on the volume of the node that would receive it.",
        "Delete what is not needed any more, raise weaviate.storage.size where the storage class allows expansion, or "
        "move to a new tier with larger volumes: see 'A disk that fills up' in docs/operations.md.",
    )
    OUTSIDE_WINDOW = (
        "OutsideWindow",
        "An operation that nobody waits for waits for a maintenance window of the spec.",
        "Nothing; rebalance.maintenanceWindows says when it may begin.",
    )
    MOVEMENT_BUDGET = (
        "MovementBudget",
        "The copies would bring what was copied within an hour beyond rebalance.bytesPerHour, or their size is not "
        "known.",
        "Wait, or raise rebalance.bytesPerHour. Bytes are known where volumes report how much is used on them.",
    )
    AWAITING_APPROVAL = (
        "AwaitingApproval",
        "The operator would begin an operation; rebalance.approval is Manual, so somebody has to agree.",
        "Read status.proposal; to agree, set the annotation vectortier.dev/approve to its hash. It changes with the "
        "proposal, and is good for one operation.",
    )
    PAUSED = (
        "Paused",
        "The tier is paused by annotation: it is served and observed, and nothing is scaled or moved, or nothing is "
        "taken away.",
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
        "A new leader has marked what operations write to and delete, so that the former leader is refused.",
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
        "Nodes are being added and the shards are being copied to them.",
        "Wait; status.operation says how far it is.",
    )
    SCALING_IN = (
        "ScalingIn",
        "Nodes are being taken away, with the copies on them.",
        "Wait; status.operation says how far it is.",
    )
    SPREADING = (
        "Spreading",
        "Shards move from nodes that hold more than their share to those that hold less, one after the other.",
        "Wait; status.operation says how far it is. A tenant that is moved cannot be deactivated for some seconds.",
    )
    CANCELLED = (
        "Cancelled",
        "Somebody has cancelled the operation with the annotation vectortier.dev/cancel.",
        "Nothing. It is begun again later if it is needed still; the annotations vectortier.dev/pause and "
        "vectortier.dev/pause-scale-in keep it from that.",
    )
    TENANT_OFFLOADED = (
        "TenantOffloaded",
        "A tenant that is offloaded, or on its way there or back, cannot be moved, so its node stays.",
        "Activate the tenant that the message names, or delete it; wait for one that is on its way. One that stays on "
        "its way has a node that does not answer.",
    )
    STILL_HOLDS_DATA = (
        "StillHoldsData",
        "A shard or tenant was placed on a node in the moment in which it was to go, so it stays, or comes back.",
        "Nothing: it is tried again later. If it repeats, set vectortier.dev/pause-scale-in while you create "
        "collections or tenants.",
    )
    PURGING_VOLUMES = (
        "PurgingVolumes",
        "The volumes of nodes that were taken away long ago are being deleted.",
        "Nothing; damping.scaleIn.keepVolumesSeconds says for how long they are kept.",
    )
    RESTARTING_NODES = (
        "RestartingNodes",
        "Nodes that started before the last change of the spec are restarted, one after the other.",
        "Nothing; the message says which node is restarted. A node that does not come back keeps the others from being "
        "restarted: look at its pod.",
    )
    RESIZING_VOLUMES = (
        "ResizingVolumes",
        "weaviate.storage.size was raised: the volumes are being expanded.",
        "Wait. How far the storage driver is shows in the conditions and events of the volume claims that the message "
        "names.",
    )
    VOLUME_NOT_EXPANDABLE = (
        "VolumeNotExpandable",
        "The API server refuses a larger size for a volume claim; the message quotes it. The volumes stay as they are, "
        "also those of nodes that are added, and everything else goes on.",
        "Where the storage class does not allow expansion, move to a new tier with larger volumes, or allow it if its "
        "driver can: see 'A disk that fills up' in docs/operations.md. After a refusal " + _TRIED_AGAIN + ".",
    )
    VOLUME_KEPT = (
        "VolumeKept",
        "The volume of a former node is still there or still needed, and no node is started on old data.",
        "Look at the volume claim that the message names: what uses it, and which finalizer keeps it.",
    )
    TARGET_UNSCHEDULABLE = (
        "TargetUnschedulable",
        "The node that would receive the copy fits on no Kubernetes node.",
        "Add room, or lower the requests; the message quotes the scheduler.",
    )
    COPY_FAILED = (
        "CopyFailed",
        "Weaviate failed to copy a shard; the copies that exist are untouched.",
        "Read the message, and the log of the node that should have received the copy; " + _TRIED_AGAIN + ".",
    )
    COPY_CANCELLED = (
        "CopyCancelled",
        "Copying a shard was cancelled, by somebody, or after errors by Weaviate or, where the same one came again and "
        "again, by the operator; the copies that exist are untouched.",
        "Nothing: it is tried again at once, three times in all. Then the operation ends with CopyFailed.",
    )
    OPERATION_FAILED = (
        "OperationFailed",
        "An operation ended without reaching its goal; the message says at which step.",
        "Follow the message; " + _TRIED_AGAIN + ".",
    )
