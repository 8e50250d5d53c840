"""Classes of tenants with quotas. Accepted and reported as NotImplemented for now."""

from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import SET, Rule, map_by
from vectortier.api.common import ObjectName, SecretReference

TenantName = Annotated[str, Field(min_length=1, max_length=64, pattern="^[A-Za-z0-9_-]+$")]


class SoftHard(ApiModel):
    """A soft cap, past which service gets cheaper, and a hard one, past which it is refused."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.soft <= self.hard",
            "soft is {self.soft}, but must be at most hard, which is {self.hard}",
            path=".soft",
        ),
    )

    soft: Annotated[int, Field(ge=0, le=1000000000000)] = Field(
        description="Past this, service gets cheaper; at most the hard cap. Example: 50."
    )
    hard: Annotated[int, Field(ge=0, le=1000000000000)] = Field(
        description="Past this, requests are refused. Example: 100."
    )


class TenantClass(ApiModel):
    """Tenants that share the same quotas."""

    name: ObjectName = Field(description="Name of the class. Example: 'gold'.")
    tenants: Annotated[tuple[TenantName, ...], Field(max_length=1000), SET] = Field(
        description="The tenants of this class, each in one class only. Example: ['acme', 'globex']."
    )
    queries_per_second: SoftHard | None = Field(
        default=None, description="Caps on queries per second and tenant; none when absent."
    )
    objects: SoftHard | None = Field(default=None, description="Caps on stored objects per tenant; none when absent.")


class Tenancy(ApiModel):
    """Quotas of tenants. Not implemented yet; reported as such."""

    keys_secret_ref: SecretReference | None = Field(
        default=None, description="A Secret with the tenants' API keys; another one than the tier's own keys."
    )
    classes: Annotated[tuple[TenantClass, ...], Field(max_length=32), map_by("name")] = Field(
        default=(), description="Classes of tenants with their quotas, each named once."
    )
