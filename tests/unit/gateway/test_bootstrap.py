"""The shape of Envoy's configuration: what must hold whatever the settings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vectortier.gateway.bootstrap import build_bootstrap
from vectortier.gateway.names import CLUSTERS
from vectortier.gateway.settings import GatewaySettings, Limits

SETTINGS = GatewaySettings("vectors", "tickets", 250, "vectortier-xds.vectortier-system:18000", limits=Limits(writes=7))


def clusters() -> dict[str, dict[str, Any]]:
    return {cluster["name"]: cluster for cluster in build_bootstrap(SETTINGS)["static_resources"]["clusters"]}


def routes(listener: str) -> list[dict[str, Any]]:
    listeners = {one["name"]: one for one in build_bootstrap(SETTINGS)["static_resources"]["listeners"]}
    manager = listeners[listener]["filter_chains"][0]["filters"][0]["typed_config"]
    found: list[dict[str, Any]] = manager["route_config"]["virtual_hosts"][0]["routes"]
    return found


def test_the_configuration_is_plain_json_and_the_same_each_time() -> None:
    assert json.dumps(build_bootstrap(SETTINGS)) == json.dumps(build_bootstrap(SETTINGS))


def test_no_two_kinds_of_work_share_a_limit() -> None:
    limits = {name: clusters()[name]["circuit_breakers"]["thresholds"][0]["max_requests"] for name in CLUSTERS}
    assert limits == {
        "searches_grpc": 4096,
        "searches_rest": 4096,
        "writes_grpc": 7,
        "writes_rest": 7,
        "streams": 256,
        "administration_grpc": 128,
        "administration_rest": 128,
    }


def test_every_cluster_that_a_route_names_exists() -> None:
    named = {route["route"]["cluster"] for listener in ("rest", "grpc", "stats") for route in routes(listener)}
    assert named <= clusters().keys()
    assert set(CLUSTERS) <= named


def test_endpoints_come_by_discovery_only() -> None:
    for name in CLUSTERS:
        assert clusters()[name]["type"] == "EDS"
        assert "load_assignment" not in clusters()[name]


def test_nothing_is_retried_but_what_no_server_has_begun() -> None:
    for listener in ("rest", "grpc"):
        for route in routes(listener):
            retried = set(route["route"]["retry_policy"]["retry_on"].split(","))
            assert retried == {"connect-failure", "reset-before-request", "refused-stream"}


def test_slow_or_failing_hosts_are_never_set_aside() -> None:
    for name in CLUSTERS:
        detection = clusters()[name]["outlier_detection"]
        enforced = {key for key, value in detection.items() if key.startswith("enforcing_") and value}
        assert enforced == {"enforcing_consecutive_local_origin_failure"}


def test_the_request_for_endpoints_names_the_tier() -> None:
    assert build_bootstrap(SETTINGS)["node"]["cluster"] == "vectors/tickets"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("slo_milliseconds", 0, "at least 1"),
        ("slo_milliseconds", 30_000, "below the searches' time limit"),
        ("xds_address", "vectortier-xds", "host:port"),
        ("xds_address", ":18000", "host:port"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_what_is_wrong(field: str, value: object, says: str) -> None:
    good: dict[str, Any] = {"namespace": "n", "tier": "t", "slo_milliseconds": 250, "xds_address": "xds:18000"}
    with pytest.raises(ValueError, match=says):
        GatewaySettings(**{**good, field: value})


def test_a_node_is_given_only_so_many_searches_at_once_and_the_rest_wait_in_the_gateway() -> None:
    searches = clusters()["searches_grpc"]
    options = next(iter(searches["typed_extension_protocol_options"].values()))
    assert options["explicit_http_config"]["http2_protocol_options"] == {"max_concurrent_streams": 16}
    # A second connection would double the bound.
    assert searches["circuit_breakers"]["thresholds"][0]["max_connections"] == 1
