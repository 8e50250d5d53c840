"""What the builders of a tier's children need to know."""

from dataclasses import dataclass

from vectortier.api.vectortier import VectorTierSpec
from vectortier.children import names


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """What a child needs to know of the operator itself.

    `image` runs the small programs beside Weaviate and Envoy, `namespace` is where the operator's pods are, and
    `xds_address` is host:port of its endpoint discovery.
    """

    image: str
    namespace: str
    xds_address: str


@dataclass(frozen=True, slots=True)
class TierContext:
    """One tier, as its children are to be.

    `nodes` is the number of Weaviate nodes that was decided on; the spec only bounds it. `copies` is the least
    number of copies over all collections, or None while it is not known.
    """

    namespace: str
    name: str
    uid: str
    spec: VectorTierSpec
    nodes: int
    copies: int | None
    operator: OperatorSettings
    volume_size: str | None = None
    """What the StatefulSet asks for, for each node; None: what the spec says. It cannot be changed in one that exists,
    and to apply another one would be refused, with whatever else has changed."""
    keep_volumes: bool = False
    """Whether the volumes are kept if the StatefulSet goes, whatever the spec says: it is about to."""

    @property
    def keys_secret(self) -> str:
        """The Secret that holds the tier's keys, brought or generated."""
        brought = self.spec.weaviate.keys_secret_ref
        return brought.name if brought else names.generated_keys(self.name)

    @property
    def voters(self) -> tuple[str, ...]:
        """The nodes that vote on the schema."""
        return names.voters(self.name, self.spec.weaviate.raft_voters)
