"""The names, ports and host names of a tier's children."""

GATEWAY = "gateway"
WEAVIATE = "weaviate"

HTTP_PORT = 8080
GRPC_PORT = 50051
METRICS_PORT = 2112
GOSSIP_PORT = 7946
DATA_PORT = 7947
RAFT_PORT = 8300
RAFT_RPC_PORT = 8301


def front_door(tier: str) -> str:
    """The Service that clients use."""
    return tier


def gateway(tier: str) -> str:
    """The gateway's Deployment, ConfigMap, ServiceAccount, PodDisruptionBudget and NetworkPolicy."""
    return f"{tier}-gateway"


def weaviate(tier: str) -> str:
    """Weaviate's StatefulSet, ServiceAccount, PodDisruptionBudget and NetworkPolicy."""
    return f"{tier}-weaviate"


def join_service(tier: str) -> str:
    """The headless Service through which Weaviate's nodes find each other."""
    return f"{tier}-weaviate-join"


def generated_keys(tier: str) -> str:
    """The Secret with the generated keys."""
    return f"{tier}-keys"


def node(tier: str, ordinal: int) -> str:
    """A Weaviate node: the name of its pod and its name in the cluster."""
    return f"{weaviate(tier)}-{ordinal}"


def voters(tier: str, count: int) -> tuple[str, ...]:
    """The nodes that vote on the schema: the first ones."""
    return tuple(node(tier, ordinal) for ordinal in range(count))


def join_host(tier: str, namespace: str) -> str:
    """The join Service's host name. It leaves the cluster's domain to the pod's search path."""
    return f"{join_service(tier)}.{namespace}.svc"


def node_host(pod: str, tier: str, namespace: str) -> str:
    """A Weaviate node's own host name, published as soon as its pod has an address."""
    return f"{pod}.{join_host(tier, namespace)}"
