"""The VectorTier: one Weaviate cluster with its gateway, held to a latency promise."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.quantity import Quantity

ObjectName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]


class Temperature(StrEnum):
    """Whether a tier holds recent, busy documents or old, quiet ones."""

    HOT = "Hot"
    COLD = "Cold"


class Mode(StrEnum):
    """Whether the operator may act on its decisions."""

    AUTO = "Auto"
    OBSERVE = "Observe"


class DeletionPolicy(StrEnum):
    """What happens to the volumes when the tier is deleted."""

    RETAIN = "Retain"
    DELETE = "Delete"


class Authentication(StrEnum):
    """Who checks a client's key."""

    PASSTHROUGH = "Passthrough"
    API_KEYS = "APIKeys"
    JWT = "JWT"


class LocalReference(ApiModel):
    """A reference to an object in the tier's own namespace."""

    name: ObjectName = Field(description="Name of the object, in the namespace of this one. Example: 'my-keys'.")


class ResourceAmounts(ApiModel):
    """Amounts of CPU and memory."""

    cpu: Quantity | None = Field(default=None, description="Cores, as a Kubernetes quantity. Example: '2' or '300m'.")
    memory: Quantity | None = Field(default=None, description="Bytes, as a Kubernetes quantity. Example: '8Gi'.")


class Resources(ApiModel):
    """What a container asks for and may use at most."""

    requests: ResourceAmounts = Field(default=ResourceAmounts(), description="What the scheduler reserves.")
    limits: ResourceAmounts = Field(default=ResourceAmounts(), description="What the container may use at most.")


class Storage(ApiModel):
    """The volume of each Weaviate node."""

    size: Quantity = Field(default="10Gi", description="Size of the volume of each node. Example: '100Gi'.")
    storage_class_name: Annotated[str, Field(min_length=1, max_length=253)] | None = Field(
        default=None, description="Storage class of the volumes; the cluster's default when absent."
    )


class EnvironmentVariable(ApiModel):
    """One environment variable for Weaviate."""

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Z][A-Z0-9_]*$")] = Field(
        description="Name of the variable. Example: 'QUERY_DEFAULTS_LIMIT'."
    )
    value: Annotated[str, Field(max_length=4096)] = Field(description="Value of the variable.")


class Toleration(ApiModel):
    """A taint that Weaviate's pods put up with, as in a pod."""

    key: Annotated[str, Field(max_length=253)] | None = Field(default=None, description="Key of the taint.")
    operator: Annotated[str, Field(pattern="^(Exists|Equal)$", max_length=6)] = Field(
        default="Equal", description="How key and value are compared: 'Equal' or 'Exists'."
    )
    value: Annotated[str, Field(max_length=63)] | None = Field(default=None, description="Value of the taint.")
    effect: Annotated[str, Field(pattern="^(NoSchedule|PreferNoSchedule|NoExecute)$", max_length=16)] | None = Field(
        default=None, description="Effect of the taint; every effect when absent."
    )


class Weaviate(ApiModel):
    """The Weaviate cluster of the tier."""

    version: Annotated[str, Field(max_length=32, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = Field(
        default="1.39.3",
        description="Weaviate's version. Below 1.39.2 the tier is observed only: moving data is not safe there.",
    )
    image: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        default="semitechnologies/weaviate", description="Image without its tag; the tag is the version."
    )
    raft_voters: Annotated[int, Field(ge=1, le=3)] = Field(
        default=1,
        description="How many nodes vote on the schema: 1, or 3 to keep writing while one of them is down. "
        "Immutable. The voters are the first nodes and are never removed.",
    )
    resources: Resources = Field(default=Resources(), description="CPU and memory of each Weaviate node.")
    storage: Storage = Field(default=Storage(), description="The volume of each Weaviate node.")
    env: Annotated[tuple[EnvironmentVariable, ...], Field(max_length=64)] = Field(
        default=(), description="More settings for Weaviate. Those that the operator sets itself are refused."
    )
    keys_secret_ref: LocalReference | None = Field(
        default=None,
        description="A Secret with the keys 'api-key', 'cluster-username' and 'cluster-password' to use instead of "
        "generated ones.",
    )
    node_selector: Annotated[
        dict[Annotated[str, Field(max_length=317)], Annotated[str, Field(max_length=63)]], Field(max_length=16)
    ] = Field(default_factory=dict, description="Labels that a Kubernetes node must have.")
    tolerations: Annotated[tuple[Toleration, ...], Field(max_length=16)] = Field(
        default=(), description="Taints that Weaviate's pods put up with."
    )
    priority_class_name: Annotated[str, Field(min_length=1, max_length=253)] | None = Field(
        default=None, description="Priority class of Weaviate's pods."
    )


class NodeBounds(ApiModel):
    """How many Weaviate nodes the tier may have."""

    min: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The least number of Weaviate nodes; at least raftVoters."
    )
    max: Annotated[int, Field(ge=1, le=50)] = Field(default=1, description="The greatest number of Weaviate nodes.")


class CopyBounds(ApiModel):
    """How many copies each shard of a collection may have."""

    min: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The least number of copies of every shard; at most nodes.min."
    )
    max: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The greatest number of copies of every shard; at most nodes.max."
    )


class SearchObjective(ApiModel):
    """The promise: 99 of 100 searches are answered within this time."""

    p99_milliseconds: Annotated[int, Field(ge=1, le=60000)] = Field(
        description="99 % of the searches are answered within this time, measured at the gateway. "
        "At most two significant digits. Example: 250."
    )
    min_requests: Annotated[int, Field(ge=1, le=1000000)] = Field(
        default=300,
        description="Fewer requests than this in the long window prove nothing about the 99th percentile: "
        "SLOMet is Unknown and nothing is scaled.",
    )
    budget_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=28, description="Length of the period over which the error budget of 1 % is counted, in days."
    )


class Slo(ApiModel):
    """The tier's service level objectives."""

    search: SearchObjective = Field(description="The objective for searches.")


class BurnWindows(ApiModel):
    """The paired windows over which the share of bad requests is measured."""

    short_seconds: Annotated[int, Field(ge=15, le=3600)] = Field(
        default=60, description="Short window: shows that the trouble is still there. In seconds."
    )
    long_seconds: Annotated[int, Field(ge=30, le=86400)] = Field(
        default=300,
        description="Long window: shows that the trouble is not a blip. In seconds; longer than the short one.",
    )


class ScaleOutDamping(ApiModel):
    """How quickly the tier may grow."""

    stabilization_window_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        default=60, description="The SLO must be missed for this long before anything is added. In seconds."
    )
    cooldown_seconds: Annotated[int, Field(ge=0, le=86400)] = Field(
        default=300, description="Nothing is scaled for this long after an operation has ended. In seconds."
    )


class ScaleInDamping(ApiModel):
    """How quickly the tier may shrink."""

    stabilization_window_seconds: Annotated[int, Field(ge=60, le=86400)] = Field(
        default=1800, description="The tier must be too large for this long before anything is removed. In seconds."
    )


class Damping(ApiModel):
    """What keeps scaling from doing more harm than the overload."""

    windows: BurnWindows = Field(default=BurnWindows(), description="The windows over which the SLO is judged.")
    scale_out: ScaleOutDamping = Field(default=ScaleOutDamping(), description="How quickly the tier may grow.")
    scale_in: ScaleInDamping = Field(default=ScaleInDamping(), description="How quickly the tier may shrink.")
    max_concurrent_moves: Annotated[int, Field(ge=1, le=1)] = Field(
        default=1, description="How many shards may be copied at the same time. Only 1 is supported."
    )


class RotationRule(ApiModel):
    """Which documents leave the tier."""

    collection: Annotated[str, Field(min_length=1, max_length=231, pattern="^[A-Z][_0-9A-Za-z]*$")] = Field(
        description="Name of the collection. Example: 'Ticket'."
    )
    date_property: Annotated[str, Field(min_length=1, max_length=231)] = Field(
        description="Property with the document's own date. Example: 'createdAt'."
    )
    older_than_days: Annotated[int, Field(ge=1, le=36500)] = Field(
        description="Documents older than this may move, in days."
    )
    max_queries_per_day: Annotated[int, Field(ge=0, le=1000000000)] | None = Field(
        default=None, description="Documents read more often than this stay."
    )


class Rotation(ApiModel):
    """Moves documents to a cold tier by age and reads. Not implemented yet; reported as such."""

    to: LocalReference = Field(description="The VectorTier that receives the documents.")
    rules: Annotated[tuple[RotationRule, ...], Field(min_length=1, max_length=32)] = Field(
        description="Which documents move."
    )


class SoftHard(ApiModel):
    """A soft cap, past which service gets cheaper, and a hard one, past which it is refused."""

    soft: Annotated[int, Field(ge=0, le=1000000000000)] = Field(description="Past this, service gets cheaper.")
    hard: Annotated[int, Field(ge=0, le=1000000000000)] = Field(description="Past this, requests are refused.")


class TenantClass(ApiModel):
    """Tenants that share the same quotas."""

    name: ObjectName = Field(description="Name of the class. Example: 'gold'.")
    tenants: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=1000)] = Field(
        description="The tenants of this class."
    )
    queries_per_second: SoftHard | None = Field(default=None, description="Caps on queries per second and tenant.")
    objects: SoftHard | None = Field(default=None, description="Caps on stored objects per tenant.")


class Tenancy(ApiModel):
    """Quotas of tenants. Not implemented yet; reported as such."""

    keys_secret_ref: LocalReference | None = Field(default=None, description="A Secret with the tenants' API keys.")
    classes: Annotated[tuple[TenantClass, ...], Field(max_length=32)] = Field(
        default=(), description="Classes of tenants with their quotas."
    )


class Gateway(ApiModel):
    """The tier's front door: an Envoy that balances every request over the nodes that serve."""

    replicas: Annotated[int, Field(ge=1, le=10)] = Field(default=2, description="How many gateway pods run.")
    image: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        default="envoyproxy/envoy:v1.40.0", description="Image of the gateway, with its tag."
    )
    resources: Resources = Field(default=Resources(), description="CPU and memory of each gateway pod.")
    authentication: Authentication = Field(
        default=Authentication.PASSTHROUGH,
        description="Passthrough: Weaviate checks the key. APIKeys and JWT are not implemented yet.",
    )


class VectorTierSpec(ApiModel):
    """What the platform team promises and allows."""

    temperature: Temperature = Field(
        default=Temperature.HOT, description="Hot for recent, busy documents; Cold for old, quiet ones. Immutable."
    )
    mode: Mode = Field(
        default=Mode.AUTO,
        description="Auto acts. Observe builds and serves the tier, decides and reports, but never scales or moves.",
    )
    weaviate: Weaviate = Field(default=Weaviate(), description="The Weaviate cluster.")
    nodes: NodeBounds = Field(default=NodeBounds(), description="How many Weaviate nodes there may be.")
    copies: CopyBounds = Field(default=CopyBounds(), description="How many copies each shard may have.")
    slo: Slo = Field(description="The promise that the tier is held to.")
    damping: Damping = Field(default=Damping(), description="What keeps scaling calm.")
    rotation: Rotation | None = Field(
        default=None, description="Moves old documents to a cold tier. Not implemented yet."
    )
    tenancy: Tenancy | None = Field(default=None, description="Quotas of tenants. Not implemented yet.")
    gateway: Gateway = Field(default=Gateway(), description="The tier's front door.")
    deletion_policy: DeletionPolicy = Field(
        default=DeletionPolicy.RETAIN,
        description="Retain keeps the volumes when the tier is deleted; Delete drops them.",
    )
