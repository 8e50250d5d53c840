"""The Weaviate cluster of a tier: version, nodes' size and volumes, settings and scheduling."""

import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule, immutable, map_by
from vectortier.api.common import SUBDOMAIN_PATTERN, ImageName, Resources, SecretReference, SubdomainName
from vectortier.api.quantity import StorageQuantity

# The operator sets these itself, or relies on Weaviate's default for them.
RESERVED_PREFIXES = (
    "AUTHENTICATION_",
    "AUTHORIZATION_ADMINLIST_",
    "CLUSTER_",
    "PROMETHEUS_",
    "RAFT_",
    "REPLICA_MOVEMENT_",
)
RESERVED_NAMES = (
    "ASYNC_REPLICATION_DISABLED",
    "GO_PROFILING_DISABLE",
    "GRPC_PORT",
    "MAINTENANCE_NODES",
    "OPERATIONAL_MODE",
    "ORIGIN",
    "PERSISTENCE_DATA_PATH",
    "REPLICATION_MAXIMUM_FACTOR",
    "REPLICATION_MINIMUM_FACTOR",
)
RESERVED_PATTERN = f"^(({'|'.join(RESERVED_PREFIXES)}).*|{'|'.join(RESERVED_NAMES)})$"
_RESERVED_WORDS = ", ".join([f"{prefix}*" for prefix in RESERVED_PREFIXES] + list(RESERVED_NAMES))


def is_reserved(name: str) -> bool:
    """Whether an environment variable of Weaviate belongs to the operator and is refused in `weaviate.env`."""
    return re.match(RESERVED_PATTERN, name) is not None


class TaintEffect(StrEnum):
    """What a taint does to pods that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


class TaintOperator(StrEnum):
    """How a toleration compares key and value."""

    EXISTS = "Exists"
    EQUAL = "Equal"


class Storage(ApiModel):
    """The volume of each Weaviate node."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0",
            "storage.size is '{self.size}', but must be at least '{oldSelf.size}', what it was: no volume can shrink",
            path=".size",
        ),
        Rule(
            "has(self.storageClassName) == has(oldSelf.storageClassName) && "
            "(!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",
            "storage.storageClassName is {has(self.storageClassName) ? self.storageClassName : 'absent'}, but must "
            "stay {has(oldSelf.storageClassName) ? oldSelf.storageClassName : 'absent'}: it is immutable",
            path=".storageClassName",
        ),
    )

    size: StorageQuantity = Field(
        default="10Gi",
        description="Size of the volume of each node, as a quantity in quotes. It may grow, where the storage "
        "class allows expansion, and never shrink. Example: '100Gi'.",
    )
    storage_class_name: SubdomainName | None = Field(
        default=None,
        description="Storage class of the volumes; the cluster's default when absent. Immutable. Example: 'fast-ssd'.",
    )


class EnvironmentVariable(ApiModel):
    """One environment variable for Weaviate."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=128, pattern=r"^[A-Z][A-Z0-9_]*$"),
        Rule(
            f"!self.matches('{RESERVED_PATTERN}')",
            "name is '{self}', but must be a setting that the operator leaves to you; it sets these itself: "
            + _RESERVED_WORDS,
        ),
    ] = Field(description="Name of the variable. Example: 'QUERY_DEFAULTS_LIMIT'.")
    value: Annotated[str, Field(max_length=4096)] = Field(description="Value of the variable. Example: '25'.")


class Toleration(ApiModel):
    """A taint that Weaviate's pods put up with, as in a pod."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.operator == 'Equal' || !has(self.value)",
            "value is '{self.value}', but must be absent, because operator is 'Exists', which compares only the key",
            path=".value",
        ),
        Rule(
            "self.operator == 'Exists' || has(self.key)",
            "operator is 'Equal' without a key, but must be 'Exists' to match every taint",
            path=".operator",
        ),
    )

    key: Annotated[str, Field(min_length=1, max_length=253)] | None = Field(
        default=None, description="Key of the taint; every taint when absent. Example: 'dedicated'."
    )
    operator: TaintOperator = Field(
        default=TaintOperator.EQUAL, description="How key and value are compared. Example: 'Exists'."
    )
    value: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="Value of the taint. Example: 'search'."
    )
    effect: TaintEffect | None = Field(
        default=None, description="Effect of the taint; every effect when absent. Example: 'NoSchedule'."
    )


LabelValue = Annotated[str, Field(max_length=63, pattern="^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")]
LABEL_KEY_PATTERN = f"^({SUBDOMAIN_PATTERN[1:-1]}/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
NodeSelector = Annotated[
    dict[str, LabelValue],
    Field(max_length=16),
    Rule(
        "self.all(key, size(key) <= 317)",
        "nodeSelector has a label key that is too long, but keys must be at most 317 characters long",
    ),
    Rule(
        "self.all(key, key.matches('{}'))".replace("{}", LABEL_KEY_PATTERN.replace("\\", "\\\\")),
        "nodeSelector has the keys {self.map(key, key)}, but each must be a label key, such as 'kubernetes.io/arch'",
    ),
]


class Weaviate(ApiModel):
    """The Weaviate cluster of the tier."""

    version: Annotated[str, Field(min_length=5, max_length=32, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = Field(
        default="1.39.3",
        description="Weaviate's version; below 1.39.2 the tier is observed only, because moving data is not safe "
        "there. Example: '1.39.3'.",
    )
    image: Annotated[
        ImageName,
        Rule(
            "!self.contains('@') && !self.matches(':[^/]*$')",
            "image is '{self}', but must be without a tag or digest: the tag is taken from version",
        ),
    ] = Field(
        default="semitechnologies/weaviate",
        description="Image without its tag; the tag is the version. Example: 'registry.example.com/weaviate'.",
    )
    raft_voters: Annotated[Literal[1, 3], immutable("raftVoters")] = Field(
        default=1,
        description="How many nodes vote on the schema: 1, or 3 to keep writing while one of them is down. "
        "Immutable. The voters are the first nodes and are never removed. Example: 3.",
    )
    resources: Resources = Field(default=Resources(), description="CPU and memory of each Weaviate node.")
    storage: Storage = Field(default=Storage(), description="The volume of each Weaviate node.")
    env: Annotated[tuple[EnvironmentVariable, ...], Field(max_length=64), map_by("name")] = Field(
        default=(),
        description="More settings for Weaviate, each named once. Those that the operator sets itself are refused.",
    )
    keys_secret_ref: SecretReference | None = Field(
        default=None,
        description="A Secret with the keys 'api-key', 'cluster-username' and 'cluster-password' to use instead of "
        "generated ones.",
    )
    node_selector: NodeSelector = Field(
        default_factory=dict, description="Labels that a Kubernetes node must have. Example: {'disk': 'ssd'}."
    )
    tolerations: Annotated[tuple[Toleration, ...], Field(max_length=16)] = Field(
        default=(), description="Taints that Weaviate's pods put up with."
    )
    priority_class_name: SubdomainName | None = Field(
        default=None, description="Priority class of Weaviate's pods. Example: 'business-critical'."
    )
