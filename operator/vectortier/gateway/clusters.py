"""Envoy's clusters: one per kind of work, so that writes can never use up what searches need."""

from __future__ import annotations

from typing import Any

from vectortier.gateway import names
from vectortier.gateway.settings import GatewaySettings

_HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_LEAST_REQUEST = "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest"
_TCP, _TCP_USER_TIMEOUT = 6, 18

# Weaviate's REST server closes a connection that was idle for 10 s. A request sent just then is lost, and it must
# not be sent again (it may have been read), so the gateway closes first.
_REST_IDLE_SECONDS = 5
# A host that vanished acknowledges nothing; a busy one still does, because its kernel answers. So this ends
# connections to dead hosts only, however slow the living are.
_UNACKNOWLEDGED_MILLISECONDS = 5000
_KEEPALIVE = {"keepalive_probes": 3, "keepalive_time": 10, "keepalive_interval": 5}


def build_clusters(settings: GatewaySettings) -> list[dict[str, Any]]:
    """All clusters: those of the tier, the endpoint discovery, and the admin interface for the stats listener."""
    return [
        *(_tier_cluster(name, settings) for name in names.CLUSTERS),
        _xds_cluster(settings),
        _admin_cluster(settings),
    ]


def _limit(cluster: str, settings: GatewaySettings) -> int:
    limits = settings.limits
    kinds = {"searches": limits.searches, "writes": limits.writes, "streams": limits.streams}
    return kinds.get(cluster.split("_", maxsplit=1)[0], limits.administration)


def _tier_cluster(name: str, settings: GatewaySettings) -> dict[str, Any]:
    limit = _limit(name, settings)
    return {
        "name": name,
        "type": "EDS",
        "eds_cluster_config": {"service_name": name, "eds_config": _eds_config(settings)},
        "connect_timeout": f"{settings.timeouts.connect_milliseconds / 1000:g}s",
        "load_balancing_policy": {"policies": [{"typed_extension_config": _least_request()}]},
        # Heed at once what outlier detection finds (the default is to wait a second), and only if it has set every
        # host aside, use them all again, so that a tier that comes back is not kept waiting.
        "common_lb_config": {"healthy_panic_threshold": {"value": 1}, "update_merge_window": "0s"},
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_connections": 1 if name == names.SEARCHES_GRPC else limit,
                    "max_pending_requests": limit,
                    "max_requests": limit,
                    # A retry follows a request that no server has seen: it adds no load, so it needs no budget.
                    "max_retries": limit,
                }
            ]
        },
        "outlier_detection": _outlier_detection(),
        "upstream_connection_options": {"tcp_keepalive": _KEEPALIVE},
        "upstream_bind_config": {"socket_options": [_user_timeout()]},
        "typed_extension_protocol_options": {_HTTP_OPTIONS: _protocol(name, settings)},
    }


def _eds_config(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "resource_api_version": "V3",
        # No limit: a gateway that knows no endpoint yet is not ready, and never answers for a tier that it cannot see.
        "initial_fetch_timeout": "0s",
        "api_config_source": {
            "api_type": "REST",
            "transport_api_version": "V3",
            "cluster_names": [names.XDS_CLUSTER],
            "refresh_delay": f"{settings.xds_refresh_milliseconds / 1000:g}s",
            "request_timeout": "2s",
        },
    }


def _least_request() -> dict[str, Any]:
    # A tier has a handful of hosts: looking at all of them beats sampling two, and the tail shows it.
    config = {"@type": f"type.googleapis.com/{_LEAST_REQUEST}", "selection_method": "FULL_SCAN"}
    return {"name": "envoy.load_balancing_policies.least_request", "typed_config": config}


def _outlier_detection() -> dict[str, Any]:
    """Sets aside hosts that refuse connections, for seconds; never one that is slow or answers with errors.

    A dead host has nothing in flight, so least-request would send everything there: it must go at once, and all dead
    ones must, however many.
    """
    return {
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": 2,
        "enforcing_consecutive_local_origin_failure": 100,
        "enforcing_local_origin_success_rate": 0,
        "enforcing_consecutive_5xx": 0,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "interval": "1s",
        "base_ejection_time": "1s",
        "max_ejection_time": "5s",
        "max_ejection_percent": 100,
    }


def _user_timeout() -> dict[str, Any]:
    return {
        "description": "TCP_USER_TIMEOUT",
        "level": _TCP,
        "name": _TCP_USER_TIMEOUT,
        "int_value": _UNACKNOWLEDGED_MILLISECONDS,
        "state": "STATE_PREBIND",
    }


def _protocol(cluster: str, settings: GatewaySettings) -> dict[str, Any]:
    options: dict[str, Any] = {"@type": f"type.googleapis.com/{_HTTP_OPTIONS}"}
    if cluster in names.GRPC_CLUSTERS:
        return {**options, "explicit_http_config": {"http2_protocol_options": _http2(cluster, settings)}}
    return {
        **options,
        "common_http_protocol_options": {"idle_timeout": f"{_REST_IDLE_SECONDS}s"},
        "explicit_http_config": {"http_protocol_options": {}},
    }


def _http2(cluster: str, settings: GatewaySettings) -> dict[str, Any]:
    """Bounds what a node is given at once: each thread of Envoy has one connection to it (max_connections is 1, and one
    is always allowed), and a connection carries so many searches; the rest wait in the gateway."""
    if cluster != names.SEARCHES_GRPC:
        return {}
    return {"max_concurrent_streams": settings.limits.searches_per_node}


def _xds_cluster(settings: GatewaySettings) -> dict[str, Any]:
    host, port = settings.xds_host_and_port
    return {
        "name": names.XDS_CLUSTER,
        "type": "STRICT_DNS",
        "connect_timeout": "1s",
        "load_assignment": _assignment(names.XDS_CLUSTER, host, port),
    }


def _admin_cluster(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "name": names.ADMIN_CLUSTER,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": _assignment(names.ADMIN_CLUSTER, "127.0.0.1", settings.admin_port),
    }


def _assignment(cluster: str, host: str, port: int) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}
    return {"cluster_name": cluster, "endpoints": [{"lb_endpoints": [endpoint]}]}
