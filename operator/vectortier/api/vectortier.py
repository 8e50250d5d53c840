"""The VectorTier: one Weaviate cluster with its gateway, held to a latency promise."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule, immutable
from vectortier.api.common import NAME_CHECKS, ImageName, LocalReference, ResourceAmounts, Resources
from vectortier.api.rebalance import Rebalance
from vectortier.api.rotation import Rotation, RotationRule
from vectortier.api.scaling import (
    BurnWindows,
    CopyBounds,
    Damping,
    NodeBounds,
    ScaleInDamping,
    ScaleOutDamping,
    SearchObjective,
    Slo,
)
from vectortier.api.status import VectorTierStatus
from vectortier.api.tenancy import SoftHard, Tenancy, TenantClass
from vectortier.api.weaviate import EnvironmentVariable, Storage, Toleration, Weaviate

__all__ = [
    "VectorTier",
    "VectorTierSpec",
    "Temperature",
    "Mode",
    "DeletionPolicy",
    "Authentication",
    "Gateway",
    "Weaviate",
    "Storage",
    "EnvironmentVariable",
    "Toleration",
    "Resources",
    "ResourceAmounts",
    "LocalReference",
    "NodeBounds",
    "CopyBounds",
    "Slo",
    "SearchObjective",
    "Damping",
    "BurnWindows",
    "ScaleOutDamping",
    "ScaleInDamping",
    "Rotation",
    "RotationRule",
    "Tenancy",
    "TenantClass",
    "SoftHard",
]


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


class Gateway(ApiModel):
    """The tier's front door: an Envoy that balances every request over the nodes that serve."""

    replicas: Annotated[int, Field(ge=1, le=10)] = Field(
        default=2, description="How many gateway pods run. Example: 2."
    )
    image: Annotated[
        ImageName,
        Rule(
            "self.contains('@') || self.matches(':[^/]+$')",
            "image is '{self}', but must end in a tag or digest, such as '{self}:v1.40.0'",
        ),
    ] = Field(
        default="envoyproxy/envoy:v1.40.0",
        description="Image of the gateway, with its tag. Example: 'registry.example.com/envoy:v1.40.0'.",
    )
    resources: Resources = Field(default=Resources(), description="CPU and memory of each gateway pod.")
    authentication: Authentication = Field(
        default=Authentication.PASSTHROUGH,
        description="Passthrough: Weaviate checks the key. APIKeys and JWT are not implemented yet.",
    )


_TIER_CHECKS = (
    Rule(
        "self.nodes.min >= self.weaviate.raftVoters",
        "nodes.min is {self.nodes.min}, but must be at least weaviate.raftVoters, which is {self.weaviate.raftVoters}: "
        "voters are never removed",
        path=".nodes.min",
    ),
    Rule(
        "self.copies.min <= self.nodes.min",
        "copies.min is {self.copies.min}, but must be at most nodes.min, which is {self.nodes.min}: "
        "a node holds one copy of a shard",
        path=".copies.min",
    ),
    Rule(
        "self.copies.max <= self.nodes.max",
        "copies.max is {self.copies.max}, but must be at most nodes.max, which is {self.nodes.max}: "
        "a node holds one copy of a shard",
        path=".copies.max",
    ),
    Rule(
        "!has(self.rotation) || self.temperature == 'Hot'",
        "rotation is set and temperature is '{self.temperature}', but temperature must be 'Hot' in a tier that rotates",
        path=".rotation",
    ),
    Rule(
        "self.gateway.authentication != 'APIKeys' || (has(self.tenancy) && has(self.tenancy.keysSecretRef))",
        "gateway.authentication is '{self.gateway.authentication}', but tenancy.keysSecretRef is absent: "
        "it must name the Secret with the tenants' keys",
        path=".gateway.authentication",
    ),
    Rule(
        "!has(self.tenancy) || !has(self.tenancy.keysSecretRef) || !has(self.weaviate.keysSecretRef) || "
        "self.tenancy.keysSecretRef.name != self.weaviate.keysSecretRef.name",
        "tenancy.keysSecretRef.name is '{self.tenancy.keysSecretRef.name}', but must be another Secret than "
        "weaviate.keysSecretRef, which holds the tier's own keys",
        path=".tenancy.keysSecretRef.name",
    ),
)


class VectorTierSpec(ApiModel):
    """What the platform team promises and allows."""

    checks: ClassVar[tuple[Rule, ...]] = _TIER_CHECKS

    temperature: Annotated[Temperature, immutable("temperature")] = Field(
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
    rebalance: Rebalance = Field(
        default=Rebalance(), description="When, how much and with whose consent data may be moved."
    )
    rotation: Rotation | None = Field(
        default=None, description="Moves old documents to a cold tier. Not implemented yet; reported as such."
    )
    tenancy: Tenancy | None = Field(
        default=None, description="Quotas of tenants. Not implemented yet; reported as such."
    )
    gateway: Gateway = Field(default=Gateway(), description="The tier's front door.")
    deletion_policy: DeletionPolicy = Field(
        default=DeletionPolicy.RETAIN,
        description="Retain keeps the volumes when the tier is deleted; Delete drops them.",
    )


class VectorTier(ApiModel):
    """One Weaviate cluster with its gateway, kept inside the latency promise that the spec makes."""

    checks: ClassVar[tuple[Rule, ...]] = (
        *NAME_CHECKS,
        Rule(
            "!has(self.spec.rotation) || self.spec.rotation.to.name != self.metadata.name",
            "spec.rotation.to.name is '{self.spec.rotation.to.name}', but must be another VectorTier than this one",
            path=".spec.rotation.to.name",
        ),
    )

    spec: VectorTierSpec = Field(description="What the platform team promises and allows.")
    status: VectorTierStatus = Field(
        default=VectorTierStatus(), description="The observed state, written by the operator."
    )
