"""The Services of a tier: the front door, and the one through which Weaviate's nodes find each other."""

from typing import Any

from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import metadata, selector
from vectortier.children.names import GATEWAY, WEAVIATE


def build_front_door(tier: TierContext) -> dict[str, Any]:
    """The Service that clients use; it leads to the gateway."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(tier, names.front_door(tier.name), GATEWAY),
        "spec": {
            "type": "ClusterIP",
            "selector": selector(tier, GATEWAY),
            "ports": [
                _port("http", names.HTTP_PORT, "http"),
                _port("grpc", names.GRPC_PORT, "grpc", appProtocol="kubernetes.io/h2c"),
            ],
        },
    }


def build_join_service(tier: TierContext) -> dict[str, Any]:
    """The headless Service with one name per node.

    It publishes nodes that are not ready, since a node becomes ready only after it has found the others.
    """
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(tier, names.join_service(tier.name), WEAVIATE),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "publishNotReadyAddresses": True,
            "selector": selector(tier, WEAVIATE),
            "ports": [
                _port("http", names.HTTP_PORT, "http"),
                _port("grpc", names.GRPC_PORT, "grpc"),
                _port("gossip", names.GOSSIP_PORT, "gossip"),
                _port("data", names.DATA_PORT, "data"),
                _port("raft", names.RAFT_PORT, "raft"),
                _port("raft-rpc", names.RAFT_RPC_PORT, "raft-rpc"),
            ],
        },
    }


def _port(name: str, number: int, target: str, **more: str) -> dict[str, Any]:
    return {"name": name, "port": number, "targetPort": target, "protocol": "TCP", **more}
