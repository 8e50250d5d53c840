"""The IngestPipeline: documents in through an append-only queue. Accepted and reported as NotImplemented for now."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.vectortier import LocalReference

PropertyName = Annotated[str, Field(min_length=1, max_length=231, pattern="^[_A-Za-z][_0-9A-Za-z]*$")]
Url = Annotated[str, Field(min_length=1, max_length=2048, pattern="^(https?|nats|tls)://.+$")]


class WorkerScaling(StrEnum):
    """Who scales the workers."""

    INTERNAL = "Internal"
    EXTERNAL = "External"


class SecretKeyReference(ApiModel):
    """A key of a Secret in the pipeline's own namespace."""

    name: Annotated[str, Field(min_length=1, max_length=253)] = Field(description="Name of the Secret.")
    key: Annotated[str, Field(min_length=1, max_length=253)] = Field(description="Key in the Secret.")


class Chunk(ApiModel):
    """How long texts are cut."""

    max_tokens: Annotated[int, Field(ge=16, le=32768)] = Field(description="Longest chunk, in tokens of the model.")
    overlap_tokens: Annotated[int, Field(ge=0, le=8192)] = Field(default=0, description="Overlap of chunks, in tokens.")


class Text(ApiModel):
    """Which text of a document is embedded."""

    properties: Annotated[tuple[PropertyName, ...], Field(min_length=1, max_length=32)] = Field(
        description="Properties whose text is embedded, joined in this order. Example: ['title', 'body']."
    )
    chunk: Chunk | None = Field(default=None, description="Cut long texts; whole when absent.")


class ManagedQueue(ApiModel):
    """A NATS server that the operator runs for all pipelines of the namespace."""

    replicas: Annotated[int, Field(ge=1, le=3)] = Field(default=1, description="How many NATS servers run: 1 or 3.")


class Queue(ApiModel):
    """The append-only queue: managed, or brought by URL."""

    managed: ManagedQueue | None = Field(default=None, description="One NATS for all pipelines of the namespace.")
    url: Url | None = Field(default=None, description="An existing NATS. Example: 'nats://nats.queue:4222'.")
    credentials_secret_ref: LocalReference | None = Field(default=None, description="Credentials for the URL.")


class EndpointLimits(ApiModel):
    """The provider's limits for the account."""

    requests_per_minute: Annotated[int, Field(ge=1, le=1000000000)] | None = Field(
        default=None, description="Requests per minute; unlimited when absent."
    )
    tokens_per_minute: Annotated[int, Field(ge=1, le=1000000000000)] | None = Field(
        default=None, description="Tokens per minute; unlimited when absent."
    )
    max_batch_items: Annotated[int, Field(ge=1, le=10000)] = Field(default=64, description="Texts in one request.")


class EmbeddingEndpoint(ApiModel):
    """One place that serves the model."""

    url: Url = Field(description="Base URL. Example: 'https://embeddings.example.com/v1'.")
    api_key_secret_ref: SecretKeyReference | None = Field(default=None, description="The API key.")
    limits: EndpointLimits = Field(default=EndpointLimits(), description="The provider's limits.")


class Embedding(ApiModel):
    """The embedding model and where it is served."""

    model: Annotated[str, Field(min_length=1, max_length=256)] = Field(description="Name of the model.")
    revision: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        default=None, description="Revision of the model, for endpoints that know one."
    )
    dimensions: Annotated[int, Field(ge=1, le=65535)] = Field(description="Length of a vector.")
    endpoints: Annotated[tuple[EmbeddingEndpoint, ...], Field(min_length=1, max_length=8)] = Field(
        description="Endpoints of the same model; the first is preferred."
    )


class Workers(ApiModel):
    """The embedding workers."""

    min: Annotated[int, Field(ge=0, le=1000)] = Field(default=0, description="The least number of workers.")
    max: Annotated[int, Field(ge=1, le=1000)] = Field(default=10, description="The greatest number of workers.")
    target_lag_seconds: Annotated[int, Field(ge=1, le=86400)] = Field(
        default=30, description="A document is searchable this long after it was taken in. In seconds."
    )
    scaling: WorkerScaling = Field(default=WorkerScaling.INTERNAL, description="Who sets the number of workers.")
    replicas: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Number of workers when scaling is External."
    )


class IngestPipelineSpec(ApiModel):
    """How documents get into a collection of a tier."""

    tier_ref: LocalReference = Field(description="The VectorTier that receives the documents.")
    collection: Annotated[str, Field(min_length=1, max_length=231, pattern="^[A-Z][_0-9A-Za-z]*$")] = Field(
        description="Name of the collection. Example: 'Ticket'."
    )
    text: Text = Field(description="Which text is embedded.")
    named_vector: PropertyName | None = Field(
        default=None, description="Named vector to write; the default one when absent."
    )
    id_property: PropertyName | None = Field(default=None, description="Property that identifies a document.")
    queue: Queue = Field(default=Queue(managed=ManagedQueue()), description="The append-only queue.")
    embedding: Embedding = Field(description="The embedding model and where it is served.")
    workers: Workers = Field(default=Workers(), description="The embedding workers.")
