"""The parts of Envoy's configuration that measure: access loggers that count, histogram bounds, what is kept."""

from __future__ import annotations

from typing import Any

from vectortier.gateway import names
from vectortier.gateway.histogram import latency_bounds
from vectortier.gateway.outcomes import Outcome, waited

SCOPE = "vectortier"
SEARCHES = "searches"
SEARCH_MILLISECONDS = "search_milliseconds"
# Routes of the stats listener, and the pages of the admin interface that they show.
STATS_PAGES = {"metrics": "/stats/prometheus", "ready": "/ready"}

_STATS_LOGGER = "type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config"
_CEL_FILTER = "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"
_GRPC_STATS = "type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig"

# What an operator or a dashboard reads. The rest of Envoy's 3,600 series would cost every scrape and say no more.
_KEPT_PREFIXES = (f"{SCOPE}.", "server.", "overload.", "http.grpc.downstream_", "http.rest.downstream_")
_KEPT_OF_A_CLUSTER = (
    "upstream_rq_(total|completed|active|retry.*|rx_reset|timeout|pending_overflow|pending_active)|"
    "upstream_cx_(total|active|connect_fail|connect_timeout|overflow|tx_bytes_total|rx_bytes_total)|"
    "membership_(total|healthy)|update_(success|failure|rejected|attempt)|"
    "outlier_detection.ejections_(active|enforced_total)|circuit_breakers.default.(rq|cx|rq_pending)_open|"
    "grpc.weaviate.v1.Weaviate..*.request_message_count"
)


def search_loggers(route: str, outcome: str) -> list[dict[str, Any]]:
    """The access loggers that count each search of a route once, by outcome, and record how long clients waited."""
    counter = {"stat": _stat(SEARCHES, route, f"%CEL({outcome})%"), "value_fixed": 1}
    histogram = {
        "stat": {"name": SEARCH_MILLISECONDS, "tags": [{"name": "route", "value_format": route}]},
        "unit": "Milliseconds",
        "value_format": "%DURATION%",
    }
    of_route = _cel_filter(f"xds.route_name == '{route}'")
    with_time = _cel_filter(f"xds.route_name == '{route}' && {waited(outcome)}")
    return [_logger(of_route, counters=[counter]), _logger(with_time, histograms=[histogram])]


def zero_logger() -> dict[str, Any]:
    """An access logger for the stats pages that creates every counter with the value 0.

    The readiness probe asks for one before the first search. A counter that appears with its first value hides that
    value from increase(): the first errors would go unseen.
    """
    counters = [
        {"stat": _stat(SEARCHES, route, str(outcome)), "value_format": f"%METADATA(ROUTE:{SCOPE}:zero)%"}
        for route in names.SEARCH_ROUTES
        for outcome in Outcome
    ]
    return _logger(_cel_filter(f"xds.route_name in {list(STATS_PAGES)}"), counters=counters)


def zero_metadata() -> dict[str, Any]:
    """What a route needs for the zero logger to read its zero from."""
    return {"filter_metadata": {SCOPE: {"zero": 0}}}


def write_message_filter() -> dict[str, Any]:
    """The HTTP filter that counts the messages of write calls: a stream of batches is one request, but many writes."""
    methods = ["BatchObjects", "BatchDelete", "BatchReferences", "BatchStream"]
    service = {"name": "weaviate.v1.Weaviate", "method_names": methods}
    config = {"@type": _GRPC_STATS, "individual_method_stats_allowlist": {"services": [service]}}
    return {"name": "envoy.filters.http.grpc_stats", "typed_config": config}


def stats_config(slo_milliseconds: int) -> dict[str, Any]:
    """Which series exist, and the bounds of the latency histogram."""
    clusters = "|".join((*names.CLUSTERS, names.XDS_CLUSTER))
    of_clusters = {"safe_regex": {"regex": rf"cluster\.({clusters})\.({_KEPT_OF_A_CLUSTER})"}}
    return {
        "stats_matcher": {"inclusion_list": {"patterns": [*({"prefix": p} for p in _KEPT_PREFIXES), of_clusters]}},
        "histogram_bucket_settings": [
            {"match": {"prefix": f"{SCOPE}.{SEARCH_MILLISECONDS}"}, "buckets": latency_bounds(slo_milliseconds)}
        ],
    }


def _stat(name: str, route: str, outcome: str) -> dict[str, Any]:
    tags = [{"name": "route", "value_format": route}, {"name": "outcome", "value_format": outcome}]
    return {"name": name, "tags": tags}


def _logger(condition: dict[str, Any], **stats: Any) -> dict[str, Any]:
    config = {"@type": _STATS_LOGGER, "stats_scope": {"prefix": SCOPE}, **stats}
    return {"name": "envoy.access_loggers.stats", "filter": condition, "typed_config": config}


def _cel_filter(expression: str) -> dict[str, Any]:
    config = {"@type": _CEL_FILTER, "expression": expression}
    return {"extension_filter": {"name": "envoy.access_loggers.extension_filters.cel", "typed_config": config}}
