"""Envoy's bootstrap configuration for the gateway of one tier."""

from __future__ import annotations

from typing import Any

from vectortier.gateway.clusters import build_clusters
from vectortier.gateway.listeners import build_listeners
from vectortier.gateway.measuring import stats_config
from vectortier.gateway.settings import GatewaySettings

_CONNECTIONS_MONITOR = "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"


def build_bootstrap(settings: GatewaySettings) -> dict[str, Any]:
    """The whole configuration, to be written as JSON. Endpoints are not in it: they come by discovery."""
    return {
        "node": {"id": settings.node_cluster, "cluster": settings.node_cluster},
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": settings.admin_port}}},
        "static_resources": {"listeners": build_listeners(settings), "clusters": build_clusters(settings)},
        "stats_config": stats_config(settings.slo_milliseconds),
        "overload_manager": {"resource_monitors": [_connections_monitor(settings)]},
    }


def _connections_monitor(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "name": "envoy.resource_monitors.global_downstream_max_connections",
        "typed_config": {
            "@type": f"type.googleapis.com/{_CONNECTIONS_MONITOR}",
            "max_active_downstream_connections": settings.max_downstream_connections,
        },
    }
