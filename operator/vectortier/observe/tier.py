"""Reading a tier and everything that belongs to it from Kubernetes, at once."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field

from pydantic import ValidationError

from vectortier.api.status import VectorTierStatus
from vectortier.api.validation import model_problems
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children import names
from vectortier.children.metadata import TIER_LABEL
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_kinds import Kind
from vectortier.model.observation import Identity

# What is listed by the tier's label. Secrets are not: the operator may only get those that it knows by name.
LISTED = (
    kinds.STATEFUL_SET,
    kinds.POD,
    kinds.VOLUME_CLAIM,
    kinds.DEPLOYMENT,
    kinds.CONFIG_MAP,
    kinds.SERVICE,
    kinds.SERVICE_ACCOUNT,
    kinds.DISRUPTION_BUDGET,
    kinds.NETWORK_POLICY,
    kinds.LEASE,
)


class InvalidTierError(Exception):
    """The object is not a VectorTier that this version understands, which an older CRD may have let in."""

    def __init__(self, raw: Object, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.raw, self.problems = raw, problems


@dataclass(frozen=True)
class TierView:
    """A tier and its objects as Kubernetes had them a moment ago. Writes are conditional on what is seen here."""

    raw: Object
    identity: Identity
    spec: VectorTierSpec
    status: VectorTierStatus
    objects: Mapping[tuple[str, str], Object]
    """By kind and name."""
    keys: Object | None = field(repr=False)
    """The Secret with the tier's keys; kept out of whatever prints a view."""

    def find(self, kind: Kind, name: str) -> Object | None:
        """One of the tier's objects, or None if it does not exist."""
        return self.objects.get((kind.name, name))

    def all(self, kind: Kind) -> tuple[Object, ...]:
        """The tier's objects of one kind, by name."""
        return tuple(self.objects[key] for key in sorted(self.objects) if key[0] == kind.name)

    @property
    def stateful_set(self) -> Object | None:
        """Weaviate's StatefulSet."""
        return self.find(kinds.STATEFUL_SET, names.weaviate(self.identity.name))


def read_tier(kubernetes: Kubernetes, pool: Executor, namespace: str, name: str) -> TierView | None:
    """The tier with its objects, or None if it does not exist. Raises KubernetesError and InvalidTierError.

    The tier is read first: what is listed afterwards is at least as new.
    """
    raw = kubernetes.find(kinds.VECTOR_TIER, namespace, name)
    if raw is None:
        return None
    spec = _spec(raw)
    selector = f"{TIER_LABEL}={name}"
    lists = [pool.submit(kubernetes.list, kind, namespace, selector) for kind in LISTED]
    brought = spec.weaviate.keys_secret_ref
    keys = kubernetes.find(kinds.SECRET, namespace, brought.name if brought else names.generated_keys(name))
    objects = {(item["kind"], item["metadata"]["name"]): item for listed in lists for item in listed.result()}
    return TierView(
        raw=raw,
        identity=identity_of(raw),
        spec=spec,
        status=read_status(raw),
        objects=objects,
        keys=keys,
    )


def identity_of(raw: Object) -> Identity:
    """Which tier, in which version of its spec."""
    metadata = raw["metadata"]
    return Identity(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata["uid"],
        generation=metadata.get("generation", 0),
        deleting="deletionTimestamp" in metadata,
        annotations=metadata.get("annotations") or {},
    )


def _spec(raw: Object) -> VectorTierSpec:
    try:
        return VectorTierSpec.model_validate(raw.get("spec") or {})
    except ValidationError as error:
        raise InvalidTierError(raw, model_problems(error)) from error


def read_status(raw: Object) -> VectorTierStatus:
    """The status as it was last written; an empty one if it is another version's and cannot be read."""
    try:
        return VectorTierStatus.model_validate(raw.get("status") or {})
    except ValidationError:
        return VectorTierStatus()
