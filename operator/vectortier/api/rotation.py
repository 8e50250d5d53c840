"""Rotation of old documents to a cold tier. Accepted and reported as NotImplemented for now."""

from typing import Annotated

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.common import CollectionName, PropertyName, TierReference


class RotationRule(ApiModel):
    """Which documents leave the tier."""

    collection: CollectionName = Field(description="Name of the collection. Example: 'Ticket'.")
    date_property: PropertyName = Field(description="Property with the document's own date. Example: 'createdAt'.")
    older_than_days: Annotated[int, Field(ge=1, le=36500)] = Field(
        description="Documents older than this may move, in days. Example: 90."
    )
    max_queries_per_day: Annotated[int, Field(ge=0, le=1000000000)] | None = Field(
        default=None,
        description="Documents read more often than this per day stay; reads do not count when absent. Example: 0.",
    )


class Rotation(ApiModel):
    """Moves documents to a cold tier by age and reads. Not implemented yet; reported as such."""

    to: TierReference = Field(description="The VectorTier that receives the documents; another one than this.")
    rules: Annotated[tuple[RotationRule, ...], Field(min_length=1, max_length=32)] = Field(
        description="Which documents move: those that any of the rules names."
    )
