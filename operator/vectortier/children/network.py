"""NetworkPolicies: who may reach which port of a tier's pods. What is not listed is refused."""

from typing import Any

from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import metadata, selector
from vectortier.children.names import GATEWAY, WEAVIATE
from vectortier.gateway.settings import GRPC_PORT, REST_PORT, STATS_PORT

_NAMESPACE_LABEL = "kubernetes.io/metadata.name"
_ANYONE_IN_CLUSTER: list[dict[str, Any]] = [{"namespaceSelector": {}}]


def build_weaviate_policy(tier: TierContext) -> dict[str, Any]:
    """Weaviate's gossip, data and raft ports have weak authentication or none: only its own nodes reach them all."""
    nodes = {"podSelector": {"matchLabels": selector(tier, WEAVIATE)}}
    gateway = {"podSelector": {"matchLabels": selector(tier, GATEWAY)}}
    operator = {
        "namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: tier.operator.namespace}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "vectortier"}},
    }
    cluster_ports = [names.GOSSIP_PORT, names.DATA_PORT, names.RAFT_PORT, names.RAFT_RPC_PORT]
    return _policy(
        tier,
        names.weaviate(tier.name),
        WEAVIATE,
        [
            _allow([nodes], [names.HTTP_PORT, names.GRPC_PORT, *cluster_ports], udp=[names.GOSSIP_PORT]),
            _allow([gateway], [names.HTTP_PORT, names.GRPC_PORT]),
            # The data port is where a node is removed from the cluster.
            _allow([operator], [names.HTTP_PORT, names.GRPC_PORT, names.DATA_PORT, names.METRICS_PORT]),
            _allow(_ANYONE_IN_CLUSTER, [names.METRICS_PORT]),
        ],
    )


def build_gateway_policy(tier: TierContext) -> dict[str, Any]:
    """The gateway's two doors are open to everyone, its statistics to the cluster."""
    return _policy(
        tier,
        names.gateway(tier.name),
        GATEWAY,
        [{"ports": _ports([REST_PORT, GRPC_PORT])}, _allow(_ANYONE_IN_CLUSTER, [STATS_PORT])],
    )


def _policy(tier: TierContext, name: str, component: str, ingress: list[dict[str, Any]]) -> dict[str, Any]:
    """Only what comes in is restricted: modules of Weaviate may call services outside."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(tier, name, component),
        "spec": {
            "podSelector": {"matchLabels": selector(tier, component)},
            "policyTypes": ["Ingress"],
            "ingress": ingress,
        },
    }


def _allow(sources: list[dict[str, Any]], tcp: list[int], udp: list[int] | None = None) -> dict[str, Any]:
    return {"from": sources, "ports": _ports(tcp) + [{"port": number, "protocol": "UDP"} for number in udp or []]}


def _ports(numbers: list[int]) -> list[dict[str, Any]]:
    return [{"port": number, "protocol": "TCP"} for number in numbers]
