"""Envoy's listeners: REST, gRPC, and a stats listener that shows two pages of the admin interface and no more."""

from __future__ import annotations

from typing import Any

from vectortier.gateway import measuring, names
from vectortier.gateway.outcomes import grpc_outcome, rest_outcome
from vectortier.gateway.routes import grpc_routes, rest_routes
from vectortier.gateway.settings import MEBIBYTE, GatewaySettings

_HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "envoy.extensions.filters.http.router.v3.Router"

_CONNECTION_BUFFER_BYTES = MEBIBYTE
# Clients keep one gRPC connection for ever, so they would stay on the gateway pod that they met first.
_MAX_CONNECTION_SECONDS = 900
_DRAIN_SECONDS = 5


def build_listeners(settings: GatewaySettings) -> list[dict[str, Any]]:
    """The three listeners of a gateway pod."""
    return [
        _listener("rest", settings.bind_address, settings.rest_port, _rest(settings)),
        _listener("grpc", settings.bind_address, settings.grpc_port, _grpc(settings)),
        # Probes and scrapes get in when clients have used up all connections: a restart would drop them all.
        {**_listener("stats", settings.bind_address, settings.stats_port, _stats()), "ignore_global_conn_limit": True},
    ]


def _listener(name: str, address: str, port: int, manager: dict[str, Any]) -> dict[str, Any]:
    network_filter = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {
        "name": name,
        "address": {"socket_address": {"address": address, "port_value": port}},
        "per_connection_buffer_limit_bytes": _CONNECTION_BUFFER_BYTES,
        "filter_chains": [{"filters": [network_filter]}],
    }


def _manager(prefix: str, routes: list[dict[str, Any]]) -> dict[str, Any]:
    options = {"@type": f"type.googleapis.com/{_ROUTER}", "suppress_envoy_headers": True}
    router = {"name": "envoy.filters.http.router", "typed_config": options}
    return {
        "@type": f"type.googleapis.com/{_HCM}",
        "stat_prefix": prefix,
        "codec_type": "AUTO",
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        "route_config": {"name": prefix, "virtual_hosts": [{"name": prefix, "domains": ["*"], "routes": routes}]},
        "http_filters": [router],
    }


def _rest(settings: GatewaySettings) -> dict[str, Any]:
    loggers = measuring.search_loggers(names.SEARCHES_REST, rest_outcome(settings.slo_milliseconds))
    return {**_front("rest", rest_routes(settings)), "access_log": loggers}


def _grpc(settings: GatewaySettings) -> dict[str, Any]:
    front = _front("grpc", grpc_routes(settings))
    loggers = measuring.search_loggers(names.SEARCHES_GRPC, grpc_outcome(settings.slo_milliseconds))
    filters = [measuring.write_message_filter(), *front["http_filters"]]
    return {**front, "access_log": loggers, "http_filters": filters}


def _front(prefix: str, routes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **_manager(prefix, routes),
        "use_remote_address": True,
        "drain_timeout": f"{_DRAIN_SECONDS}s",
        "common_http_protocol_options": {"max_connection_duration": f"{_MAX_CONNECTION_SECONDS}s"},
        "stream_idle_timeout": "0s",
        "http2_protocol_options": {"max_concurrent_streams": 1000},
    }


def _stats() -> dict[str, Any]:
    pages = [_stats_route(name, path) for name, path in measuring.STATS_PAGES.items()]
    return {**_manager("stats", pages), "access_log": [measuring.zero_logger()]}


def _stats_route(name: str, path: str) -> dict[str, Any]:
    # The header holds the query string too: a page with parameters is another page, and is not shown.
    exactly = {"name": ":path", "string_match": {"exact": path}}
    get = {"name": ":method", "string_match": {"exact": "GET"}}
    return {
        "name": name,
        "match": {"path": path, "headers": [exactly, get]},
        "route": {"cluster": names.ADMIN_CLUSTER, "timeout": "5s"},
        "metadata": measuring.zero_metadata(),
    }
