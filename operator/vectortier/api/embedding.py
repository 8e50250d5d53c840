"""The embedding model of an IngestPipeline and the endpoints that serve it."""

from typing import Annotated

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import map_by
from vectortier.api.common import NO_CREDENTIALS, SubdomainName

EndpointUrl = Annotated[str, Field(min_length=8, max_length=2048, pattern=r"^https?://[^\s]+$"), NO_CREDENTIALS]
SecretKey = Annotated[str, Field(min_length=1, max_length=253, pattern="^[-._a-zA-Z0-9]+$")]


class SecretKeyReference(ApiModel):
    """A key of a Secret in the pipeline's own namespace."""

    name: SubdomainName = Field(description="Name of the Secret. Example: 'embedding-provider'.")
    key: SecretKey = Field(description="Key in the Secret. Example: 'api-key'.")


class EndpointLimits(ApiModel):
    """The provider's limits for the account."""

    requests_per_minute: Annotated[int, Field(ge=1, le=1000000000)] | None = Field(
        default=None, description="Requests per minute; unlimited when absent. Example: 3000."
    )
    tokens_per_minute: Annotated[int, Field(ge=1, le=1000000000000)] | None = Field(
        default=None, description="Tokens per minute; unlimited when absent. Example: 1000000."
    )
    max_batch_items: Annotated[int, Field(ge=1, le=10000)] = Field(
        default=64, description="The greatest number of texts in one request. Example: 64."
    )


class EmbeddingEndpoint(ApiModel):
    """One place that serves the model."""

    url: EndpointUrl = Field(description="Base URL. Example: 'https://embeddings.example.com/v1'.")
    api_key_secret_ref: SecretKeyReference | None = Field(
        default=None, description="Where the API key is; none is sent when absent."
    )
    limits: EndpointLimits = Field(default=EndpointLimits(), description="The provider's limits.")


class Embedding(ApiModel):
    """The embedding model and where it is served."""

    model: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        description="Name of the model. Example: 'BAAI/bge-small-en-v1.5'."
    )
    revision: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        default=None, description="Revision of the model, for endpoints that know one. Example: 'main'."
    )
    dimensions: Annotated[int, Field(ge=1, le=65535)] = Field(description="Length of a vector. Example: 384.")
    endpoints: Annotated[tuple[EmbeddingEndpoint, ...], Field(min_length=1, max_length=8), map_by("url")] = Field(
        description="Endpoints of the same model, each named once; the first is preferred."
    )
