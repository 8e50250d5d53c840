"""The queries that read what kubelet says about a tier's Weaviate nodes. Pure."""

from vectortier.children.names import weaviate
from vectortier.children.weaviate_pod import DATA_VOLUME

_USED = "kubelet_volume_stats_used_bytes"
_CAPACITY = "kubelet_volume_stats_capacity_bytes"
_MEMORY_OF_VOLUME_STATISTICS = "6h"

# Kubelet renews the use of CPU every 10 to 15 s, and is customarily scraped once in 30 or 60 s.
CPU_WINDOW_SECONDS = 150


def cores(namespace: str, tier: str) -> str:
    """Cores that each node has used lately, by pod.

    Two endpoints of kubelet export this series, one for each container and one for each pod; the greatest of what is
    there is the pod's whole use in either case.
    """
    return f"max by (pod) (rate(container_cpu_usage_seconds_total{_pods(namespace, tier)}[{CPU_WINDOW_SECONDS}s]))"


def memory_bytes(namespace: str, tier: str) -> str:
    """The working set of each node, by pod: what counts towards its limit and cannot simply be dropped."""
    return f"max by (pod) (container_memory_working_set_bytes{_pods(namespace, tier)})"


def volume_bytes(namespace: str, tier: str) -> str:
    """Bytes used on each node's volume, by claim."""
    return f"max by (persistentvolumeclaim) ({_USED}{_claims(namespace, tier)})"


def volume_share(namespace: str, tier: str) -> str:
    """The used share of each node's volume, 0..1, by claim."""
    claims = _claims(namespace, tier)
    return f"max by (persistentvolumeclaim) ({_USED}{claims} / {_CAPACITY}{claims})"


def volumes_reported_lately(namespace: str, tier: str) -> str:
    """How many of the volumes have been reported in the last hours: some kinds of volumes never are."""
    window = f"[{_MEMORY_OF_VOLUME_STATISTICS}]"
    return f"count(last_over_time({_USED}{_claims(namespace, tier)}{window}))"


def node_of_claim(claim: str) -> str:
    """The node that a volume claim belongs to: a StatefulSet calls it TEMPLATE-POD."""
    return claim.removeprefix(f"{DATA_VOLUME}-")


def _pods(namespace: str, tier: str) -> str:
    return f'{{namespace="{namespace}",pod=~"{weaviate(tier)}-[0-9]+",container!="POD"}}'


def _claims(namespace: str, tier: str) -> str:
    name = f"{DATA_VOLUME}-{weaviate(tier)}-[0-9]+"
    return f'{{namespace="{namespace}",persistentvolumeclaim=~"{name}"}}'
