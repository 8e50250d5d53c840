"""The names of Envoy's clusters and routes; endpoint discovery and queries use the same."""

from __future__ import annotations

from typing import NamedTuple

SEARCHES_GRPC = "searches_grpc"
SEARCHES_REST = "searches_rest"
WRITES_GRPC = "writes_grpc"
WRITES_REST = "writes_rest"
STREAMS = "streams"
ADMINISTRATION_GRPC = "administration_grpc"
ADMINISTRATION_REST = "administration_rest"

# Routes that share a cluster with the searches but are not part of the promise.
READS_GRPC = "reads_grpc"
READS_REST = "reads_rest"

GRPC_CLUSTERS = (SEARCHES_GRPC, WRITES_GRPC, STREAMS, ADMINISTRATION_GRPC)
REST_CLUSTERS = (SEARCHES_REST, WRITES_REST, ADMINISTRATION_REST)
CLUSTERS = GRPC_CLUSTERS + REST_CLUSTERS

# The routes that the SLI is measured on.
SEARCH_ROUTES = (SEARCHES_GRPC, SEARCHES_REST)

XDS_CLUSTER = "xds"
ADMIN_CLUSTER = "admin"


class UpstreamPorts(NamedTuple):
    """The ports that a Weaviate pod serves on."""

    grpc: int = 50051
    rest: int = 8080


def upstream_port(cluster: str, ports: UpstreamPorts) -> int:
    """The port that a cluster's requests go to. Raises KeyError for an unknown cluster."""
    if cluster in GRPC_CLUSTERS:
        return ports.grpc
    if cluster in REST_CLUSTERS:
        return ports.rest
    raise KeyError(cluster)
