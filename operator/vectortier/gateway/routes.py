"""Which request goes where: searches, writes, streams and administration each have their own route and cluster."""

from __future__ import annotations

from typing import Any

from vectortier.gateway import names
from vectortier.gateway.settings import MEBIBYTE, GatewaySettings

_WEAVIATE = "/weaviate.v1.Weaviate"
# Enough to send a batch again whose connection failed; a larger one is not retried.
_WRITE_BUFFER_BYTES = 4 * MEBIBYTE


def grpc_routes(settings: GatewaySettings) -> list[dict[str, Any]]:
    """The gRPC routes, most specific first. Services that Weaviate does not offer to clients are not passed on."""
    timeouts = settings.timeouts
    return [
        _route(names.SEARCHES_GRPC, {"path": f"{_WEAVIATE}/Search"}, names.SEARCHES_GRPC, timeouts.searches),
        _route(names.READS_GRPC, {"path": f"{_WEAVIATE}/Aggregate"}, names.SEARCHES_GRPC, timeouts.searches),
        _stream_route({"path": f"{_WEAVIATE}/BatchStream"}),
        _write_route(names.WRITES_GRPC, {"prefix": f"{_WEAVIATE}/Batch"}, timeouts.writes),
        _administration_grpc({"prefix": f"{_WEAVIATE}/"}, timeouts.administration),
        _administration_grpc({"prefix": "/grpc.health.v1.Health/"}, timeouts.administration),
    ]


def rest_routes(settings: GatewaySettings) -> list[dict[str, Any]]:
    """The REST routes, most specific first; what is neither search nor document goes to administration."""
    timeouts = settings.timeouts
    search = {"path_separated_prefix": "/v1/graphql", "headers": [_method("POST")]}
    read_objects = {"path_separated_prefix": "/v1/objects", "headers": [_method("GET", "HEAD")]}
    return [
        _route(names.SEARCHES_REST, search, names.SEARCHES_REST, timeouts.searches),
        _route(names.READS_REST, read_objects, names.SEARCHES_REST, timeouts.searches),
        _write_route(names.WRITES_REST, {"path_separated_prefix": "/v1/objects"}, timeouts.writes),
        _write_route(names.WRITES_REST, {"path_separated_prefix": "/v1/batch"}, timeouts.writes),
        _route(names.ADMINISTRATION_REST, {"prefix": "/"}, names.ADMINISTRATION_REST, timeouts.administration),
    ]


def _method(*methods: str) -> dict[str, Any]:
    return {"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(methods)}}}


def _route(name: str, match: dict[str, Any], cluster: str, limit_seconds: int) -> dict[str, Any]:
    """One route. The limit is on the whole stream: the gateway then answers gRPC with DEADLINE_EXCEEDED.

    The router's own timeout would answer UNAVAILABLE, which clients retry, and would count against the host.
    """
    return {
        "name": name,
        "match": match,
        "route": {
            "cluster": cluster,
            "timeout": "0s",
            "max_stream_duration": _duration(limit_seconds),
            "retry_policy": retry_policy(),
        },
    }


def _duration(limit_seconds: int) -> dict[str, str]:
    """A limit (0: none) that lets a client's shorter deadline hold, and passes that on to the server."""
    limit = f"{limit_seconds}s"
    return {"max_stream_duration": limit, "grpc_timeout_header_max": limit}


def _write_route(name: str, match: dict[str, Any], limit_seconds: int) -> dict[str, Any]:
    route = _route(name, match, name, limit_seconds)
    return {**route, "request_body_buffer_limit": _WRITE_BUFFER_BYTES}


def _administration_grpc(match: dict[str, Any], limit_seconds: int) -> dict[str, Any]:
    return _route(names.ADMINISTRATION_GRPC, match, names.ADMINISTRATION_GRPC, limit_seconds)


def _stream_route(match: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": names.STREAMS,
        "match": match,
        "route": {
            "cluster": names.STREAMS,
            "timeout": "0s",
            "idle_timeout": "0s",
            "max_stream_duration": _duration(0),
            "retry_policy": retry_policy(),
        },
    }


def retry_policy() -> dict[str, Any]:
    """Retries what no server has begun to work on, and nothing else.

    connect-failure and reset-before-request: the request was never sent. refused-stream: the server said that it did
    not process it (RFC 9113, section 8.7), as it does while it shuts down.
    """
    return {
        "retry_on": "connect-failure,reset-before-request,refused-stream",
        # Two failed connects set a dead host aside, so a request survives three dead hosts even if it is alone.
        "num_retries": 7,
        "retry_back_off": {"base_interval": "0.02s", "max_interval": "0.1s"},
        "host_selection_retry_max_attempts": 5,
        "retry_host_predicate": [
            {
                "name": "envoy.retry_host_predicates.previous_hosts",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                },
            }
        ],
    }
