"""What a gateway is told about endpoints: the answers to Envoy's REST endpoint discovery."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from vectortier.gateway.names import UpstreamPorts, upstream_port

_ASSIGNMENT = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
WEAVIATE_PORTS = UpstreamPorts()


class Endpoint(NamedTuple):
    """A Weaviate pod that serves."""

    pod: str
    ip: str


ServingSet = tuple[Endpoint, ...]


class TierName(NamedTuple):
    """Which tier a discovery request is for."""

    namespace: str
    name: str


def version_of(serving: ServingSet) -> str:
    """A version that changes with the set and with nothing else, so that a restarted operator gives the same."""
    text = json.dumps(sorted(serving))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tier_of(request: dict[str, Any]) -> TierName:
    """The tier that a DiscoveryRequest is for. Raises ValueError if its node does not name one."""
    node = request.get("node")
    cluster = node.get("cluster", "") if isinstance(node, dict) else ""
    namespace, slash, name = str(cluster).partition("/")
    if not (namespace and slash and name):
        raise ValueError(f"node.cluster is {cluster!r}; it has to be namespace/name of a tier")
    return TierName(namespace, name)


def discovery_response(
    cluster_names: Iterable[str], serving: ServingSet, version: str, ports: UpstreamPorts = WEAVIATE_PORTS
) -> dict[str, Any]:
    """A DiscoveryResponse with one ClusterLoadAssignment for each name. Raises KeyError for an unknown cluster."""
    return {
        "version_info": version,
        "type_url": _ASSIGNMENT,
        "resources": [_assignment(name, serving, ports) for name in cluster_names],
    }


def _assignment(cluster: str, serving: ServingSet, ports: UpstreamPorts) -> dict[str, Any]:
    port = upstream_port(cluster, ports)
    endpoints = [_endpoint(endpoint, port) for endpoint in sorted(serving)]
    return {"@type": _ASSIGNMENT, "cluster_name": cluster, "endpoints": [{"lb_endpoints": endpoints}]}


def _endpoint(endpoint: Endpoint, port: int) -> dict[str, Any]:
    address = {"socket_address": {"address": endpoint.ip, "port_value": port}}
    return {"endpoint": {"address": address, "hostname": endpoint.pod}}
