"""The append-only queue of an IngestPipeline."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule
from vectortier.api.common import NO_CREDENTIALS, SecretReference

QueueUrl = Annotated[str, Field(min_length=8, max_length=2048, pattern=r"^(nats|tls)://[^\s]+$"), NO_CREDENTIALS]


class ManagedQueue(ApiModel):
    """A NATS server that the operator runs for all pipelines of the namespace."""

    replicas: Literal[1, 3] = Field(
        default=1, description="How many NATS servers run: 1, or 3 to go on while one of them is down. Example: 3."
    )


class Queue(ApiModel):
    """The append-only queue: managed, or brought by URL."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "!(has(self.managed) && has(self.url))",
            "url is '{self.url}' and managed is set too, but only one of them must be set",
            path=".url",
        ),
        Rule(
            "has(self.managed) || has(self.url)",
            "managed and url are both absent, but one of them must be set, such as managed to {}",
            path=".managed",
        ),
        Rule(
            "has(self.url) || !has(self.credentialsSecretRef)",
            "credentialsSecretRef.name is '{self.credentialsSecretRef.name}', but must be absent without a url: "
            "the managed queue brings its own credentials",
            path=".credentialsSecretRef",
        ),
    )

    managed: ManagedQueue | None = Field(default=None, description="One NATS for all pipelines of the namespace.")
    url: QueueUrl | None = Field(
        default=None, description="An existing NATS, instead of a managed one. Example: 'nats://nats.queue:4222'."
    )
    credentials_secret_ref: SecretReference | None = Field(
        default=None, description="A Secret with the credentials for the URL."
    )
