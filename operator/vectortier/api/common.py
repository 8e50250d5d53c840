"""Values that several objects of the API use."""

from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule
from vectortier.api.quantity import CpuQuantity, MemoryQuantity

# The longest child is NAME-weaviate-NN with a revision hash in a label value of 63 characters.
MAX_NAME_LENGTH = 40
SERVICE_NAME_PATTERN = "^[a-z]([-a-z0-9]*[a-z0-9])?$"
SUBDOMAIN_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"

ObjectName = Annotated[str, Field(min_length=1, max_length=63, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
ResourceName = Annotated[str, Field(min_length=1, max_length=MAX_NAME_LENGTH, pattern=SERVICE_NAME_PATTERN)]
SubdomainName = Annotated[str, Field(min_length=1, max_length=253, pattern=SUBDOMAIN_PATTERN)]
CollectionName = Annotated[str, Field(min_length=1, max_length=231, pattern="^[A-Z][_0-9A-Za-z]*$")]
PropertyName = Annotated[str, Field(min_length=1, max_length=231, pattern="^[_A-Za-z][_0-9A-Za-z]*$")]
ImageName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[a-z0-9][A-Za-z0-9._:/@-]*$")]

NO_CREDENTIALS = Rule(
    "!self.matches('^[a-z]+://[^/]*@')",
    "url must not contain credentials: put them into a Secret and name it beside the url",
)


# The names of an object's children are made from its own name and must fit, as Services above all.
NAME_CHECKS = (
    Rule(
        f"size(self.metadata.name) <= {MAX_NAME_LENGTH}",
        "metadata.name is '{self.metadata.name}' with {size(self.metadata.name)} characters, but must be at most "
        f"{MAX_NAME_LENGTH} characters long, because the names of its children are longer",
        path=".metadata.name",
    ),
    Rule(
        f"self.metadata.name.matches('{SERVICE_NAME_PATTERN}')",
        "metadata.name is '{self.metadata.name}', but must start with a letter and hold only lower case letters, "
        "digits and '-', because a Service is named after it",
        path=".metadata.name",
    ),
)


class LocalReference(ApiModel):
    """A reference to an object in the same namespace."""

    name: ObjectName = Field(description="Name of the object, in the namespace of this one. Example: 'my-keys'.")


class SecretReference(ApiModel):
    """A reference to a Secret in the same namespace."""

    name: SubdomainName = Field(description="Name of the Secret, in the namespace of this object. Example: 'my-keys'.")


class TierReference(ApiModel):
    """A reference to a VectorTier in the same namespace."""

    name: ResourceName = Field(description="Name of the VectorTier, in the same namespace. Example: 'tickets-cold'.")


class ResourceAmounts(ApiModel):
    """Amounts of CPU and memory."""

    cpu: CpuQuantity | None = Field(
        default=None, description="Cores, as a Kubernetes quantity in quotes. Example: '2' or '300m'."
    )
    memory: MemoryQuantity | None = Field(
        default=None, description="Bytes, as a Kubernetes quantity in quotes. Example: '8Gi'."
    )


def _requests_within_limits(resource: str) -> Rule:
    requests, limits = f"self.requests.{resource}", f"self.limits.{resource}"
    return Rule(
        f"!has({requests}) || !has({limits}) || quantity({requests}).compareTo(quantity({limits})) <= 0",
        f"requests.{resource} is '{{{requests}}}', but must be at most limits.{resource}, which is '{{{limits}}}'",
        path=f".requests.{resource}",
    )


class Resources(ApiModel):
    """What a container asks for and may use at most."""

    checks: ClassVar[tuple[Rule, ...]] = (_requests_within_limits("cpu"), _requests_within_limits("memory"))

    requests: ResourceAmounts = Field(default=ResourceAmounts(), description="What the scheduler reserves.")
    limits: ResourceAmounts = Field(default=ResourceAmounts(), description="What the container may use at most.")
