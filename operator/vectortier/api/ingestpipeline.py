"""The IngestPipeline: documents in through an append-only queue. Accepted and reported as NotImplemented for now."""

from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule
from vectortier.api.common import NAME_CHECKS, CollectionName, PropertyName, TierReference
from vectortier.api.conditions import Conditions
from vectortier.api.embedding import Embedding, EmbeddingEndpoint, EndpointLimits, SecretKeyReference
from vectortier.api.ingestqueue import ManagedQueue, Queue
from vectortier.api.status import Generation
from vectortier.api.workers import Workers, WorkerScaling

__all__ = [
    "IngestPipeline",
    "IngestPipelineSpec",
    "IngestPipelineStatus",
    "Text",
    "Chunk",
    "Queue",
    "ManagedQueue",
    "Embedding",
    "EmbeddingEndpoint",
    "EndpointLimits",
    "SecretKeyReference",
    "Workers",
    "WorkerScaling",
]

# Not a set: those lose their order when two owners apply them, and here it counts.
EACH_ONCE = Rule(
    "self.all(name, self.exists_one(other, other == name))",
    "properties is {self}, but must name each property only once",
)


class Chunk(ApiModel):
    """How long texts are cut."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.overlapTokens < self.maxTokens",
            "overlapTokens is {self.overlapTokens}, but must be less than maxTokens, which is {self.maxTokens}",
            path=".overlapTokens",
        ),
    )

    max_tokens: Annotated[int, Field(ge=16, le=32768)] = Field(
        description="Longest chunk, in tokens of the model. Example: 512."
    )
    overlap_tokens: Annotated[int, Field(ge=0, le=8192)] = Field(
        default=0, description="Overlap of neighbouring chunks, in tokens; less than maxTokens. Example: 64."
    )


class Text(ApiModel):
    """Which text of a document is embedded."""

    properties: Annotated[tuple[PropertyName, ...], Field(min_length=1, max_length=32), EACH_ONCE] = Field(
        description="Properties whose text is embedded, joined in this order. Example: ['title', 'body']."
    )
    chunk: Chunk | None = Field(default=None, description="How long texts are cut; embedded whole when absent.")


class IngestPipelineSpec(ApiModel):
    """How documents get into a collection of a tier."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "!has(self.text.chunk) || self.embedding.endpoints.all(e, !has(e.limits.tokensPerMinute) || "
            "e.limits.tokensPerMinute >= self.text.chunk.maxTokens)",
            "text.chunk.maxTokens is {self.text.chunk.maxTokens}, but must be at most limits.tokensPerMinute of every "
            "endpoint, or a chunk of that length could never be embedded",
            path=".text.chunk.maxTokens",
        ),
    )

    tier_ref: TierReference = Field(description="The VectorTier that receives the documents.")
    collection: CollectionName = Field(description="Name of the collection. Example: 'Ticket'.")
    text: Text = Field(description="Which text is embedded.")
    named_vector: PropertyName | None = Field(
        default=None, description="Named vector to write; the default one when absent. Example: 'body_vector'."
    )
    id_property: PropertyName | None = Field(
        default=None,
        description="Property that identifies a document; the document's own id when absent. Example: 'ticketId'.",
    )
    queue: Queue = Field(default=Queue(managed=ManagedQueue()), description="The append-only queue.")
    embedding: Embedding = Field(description="The embedding model and where it is served.")
    workers: Workers = Field(default=Workers(), description="The embedding workers.")


class IngestPipelineStatus(ApiModel):
    """The observed state of an IngestPipeline."""

    observed_generation: Generation = Field(
        default=-1, description="The generation of the spec that this status is about; -1 before the first look."
    )
    replicas: Annotated[int, Field(ge=0, le=1000)] = Field(default=0, description="Workers that exist.")
    selector: Annotated[str, Field(max_length=512)] = Field(
        default="", description="Label selector of the workers' pods, as the scale subresource gives it."
    )
    conditions: Conditions = Field(default=(), description="The conditions of the pipeline.")


class IngestPipeline(ApiModel):
    """Documents in through an append-only queue, embedded by workers, into a collection of a VectorTier."""

    checks: ClassVar[tuple[Rule, ...]] = NAME_CHECKS

    spec: IngestPipelineSpec = Field(description="How documents get into a collection of a tier.")
    status: IngestPipelineStatus = Field(
        default=IngestPipelineStatus(), description="The observed state, written by the operator."
    )
