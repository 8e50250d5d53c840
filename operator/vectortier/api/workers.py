"""The embedding workers of an IngestPipeline and who scales them."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule


class WorkerScaling(StrEnum):
    """Who scales the workers."""

    INTERNAL = "Internal"
    EXTERNAL = "External"


class Workers(ApiModel):
    """The embedding workers.

    An External scaler reads the scale subresource, which has no answer while `replicas` is absent; an Internal one
    would be fought by whoever sets it. Bounds on `replicas` are left to the scaler: they are in Git and it is not, and
    a refusal of the one for the sake of the other could be mended by neither.
    """

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule("self.min <= self.max", "min is {self.min}, but must be at most max, which is {self.max}", path=".min"),
        Rule(
            "self.scaling == 'External' || !has(self.replicas)",
            "replicas is {self.replicas}, but must be absent, because scaling is '{self.scaling}'; "
            "to set it, scaling must be 'External'",
            path=".replicas",
        ),
        Rule(
            "self.scaling != 'External' || has(self.replicas)",
            "replicas is absent, but must be set when scaling is 'External', such as to min, which is {self.min}",
            path=".replicas",
        ),
    )

    min: Annotated[int, Field(ge=0, le=1000)] = Field(default=0, description="The least number of workers. Example: 1.")
    max: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="The greatest number of workers. Example: 10."
    )
    target_lag_seconds: Annotated[int, Field(ge=1, le=86400)] = Field(
        default=30, description="A document is searchable this long after it was taken in, in seconds. Example: 30."
    )
    scaling: WorkerScaling = Field(
        default=WorkerScaling.INTERNAL,
        description="Who sets the number of workers: the operator, or an HPA or KEDA through the scale subresource.",
    )
    replicas: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Number of workers at first when scaling is External; absent otherwise. Example: 1."
    )
