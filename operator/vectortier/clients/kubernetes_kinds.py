"""The kinds of objects that the operator reads or writes, and where the API server keeps them."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A namespaced kind. A table of our own spares the discovery requests and the permission for them."""

    api_version: str
    name: str
    plural: str

    @property
    def group(self) -> str:
        """The API group; empty for the core one."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        """The URL path of one object, or of all in the namespace."""
        root = "/apis" if "/" in self.api_version else "/api"
        parts = (root, self.api_version, "namespaces", namespace, self.plural, name, subresource)
        return "/".join(part for part in parts if part)


VECTOR_TIER = Kind("vectortier.dev/v1alpha1", "VectorTier", "vectortiers")
INGEST_PIPELINE = Kind("vectortier.dev/v1alpha1", "IngestPipeline", "ingestpipelines")
STATEFUL_SET = Kind("apps/v1", "StatefulSet", "statefulsets")
DEPLOYMENT = Kind("apps/v1", "Deployment", "deployments")
SERVICE = Kind("v1", "Service", "services")
CONFIG_MAP = Kind("v1", "ConfigMap", "configmaps")
SECRET = Kind("v1", "Secret", "secrets")
SERVICE_ACCOUNT = Kind("v1", "ServiceAccount", "serviceaccounts")
POD = Kind("v1", "Pod", "pods")
VOLUME_CLAIM = Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
EVENT = Kind("v1", "Event", "events")
DISRUPTION_BUDGET = Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
NETWORK_POLICY = Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies")
LEASE = Kind("coordination.k8s.io/v1", "Lease", "leases")

# What wakes a tier when it changes. The others are looked at often enough.
WATCHED_CHILDREN = (
    STATEFUL_SET,
    DEPLOYMENT,
    POD,
    CONFIG_MAP,
    SERVICE,
    SERVICE_ACCOUNT,
    DISRUPTION_BUDGET,
    NETWORK_POLICY,
)

KINDS = {
    (kind.api_version, kind.name): kind
    for kind in (
        VECTOR_TIER,
        INGEST_PIPELINE,
        STATEFUL_SET,
        DEPLOYMENT,
        SERVICE,
        CONFIG_MAP,
        SECRET,
        SERVICE_ACCOUNT,
        POD,
        VOLUME_CLAIM,
        EVENT,
        DISRUPTION_BUDGET,
        NETWORK_POLICY,
        LEASE,
    )
}


def kind_of(body: dict[str, object]) -> Kind:
    """The kind that an object says it is of. Raises KeyError for one that the operator does not use."""
    return KINDS[str(body["apiVersion"]), str(body["kind"])]
