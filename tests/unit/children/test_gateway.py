"""The gateway's pods: they roll when their configuration changes, and let their clients go first."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.children.tiers import named, tier
from vectortier.children.build import build_children
from vectortier.children.context import TierContext
from vectortier.cli.drain_gateway import drain_gateway


def deployment(context: TierContext) -> dict[str, Any]:
    return named(build_children(context), "Deployment", "tickets-gateway")


def pod(context: TierContext) -> dict[str, Any]:
    return deployment(context)["spec"]["template"]["spec"]


def test_the_bootstrap_is_json_for_this_tier() -> None:
    config = named(build_children(tier()), "ConfigMap", "tickets-gateway")
    assert json.loads(config["data"]["envoy.json"])["node"]["cluster"] == "search/tickets"


def test_pods_roll_when_the_promise_changes_and_only_when_the_bootstrap_does() -> None:
    def annotation(spec: dict[str, Any]) -> dict[str, str]:
        return deployment(tier(spec))["spec"]["template"]["metadata"]["annotations"]

    assert annotation({"slo": {"search": {"p99Milliseconds": 100}}}) != annotation({})
    assert annotation({"nodes": {"min": 2, "max": 4}, "gateway": {"replicas": 5}}) == annotation({})


@pytest.mark.parametrize(("promise", "limit"), [(250, "30s"), (15_000, "30s"), (29_000, "58s"), (60_000, "120s")])
def test_a_late_search_is_told_from_one_that_is_given_up_however_long_the_promise_is(promise: int, limit: str) -> None:
    spec = {"slo": {"search": {"p99Milliseconds": promise}}}
    config = named(build_children(tier(spec)), "ConfigMap", "tickets-gateway")
    found = [
        one["route"]
        for one in _objects(json.loads(config["data"]["envoy.json"]))
        if "max_stream_duration" in one.get("route", {})
    ]
    searches = [route for route in found if route["cluster"] in ("searches_grpc", "searches_rest")]
    assert {route["max_stream_duration"]["max_stream_duration"] for route in searches} == {limit}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def test_a_roll_never_leaves_fewer_pods_than_wanted() -> None:
    rolling = deployment(tier())["spec"]["strategy"]["rollingUpdate"]
    assert rolling == {"maxSurge": 1, "maxUnavailable": 0}


def test_envoy_is_stopped_only_after_its_clients_have_left() -> None:
    """Kubernetes stops a sidecar (an init container that restarts) after all other containers have ended."""
    spec = pod(tier())
    [envoy], [drain] = spec["initContainers"], spec["containers"]
    assert envoy["restartPolicy"] == "Always"
    assert drain["command"] == ["vectortier", "drain-gateway", "--admin", "127.0.0.1:9901"]
    defaults = {option.name: option.default for option in drain_gateway.params}
    assert defaults["leave_seconds"] + defaults["drain_seconds"] < spec["terminationGracePeriodSeconds"]


@pytest.mark.parametrize(("limit", "threads"), [(None, 2), ("300m", 1), ("1", 1), ("4", 4)])
def test_envoy_has_a_worker_for_each_core_that_it_may_use(limit: str | None, threads: int) -> None:
    limits = {"cpu": limit} if limit else {}
    envoy = pod(tier({"gateway": {"resources": {"limits": limits}}}))["initContainers"][0]
    assert envoy["args"][envoy["args"].index("--concurrency") + 1] == str(threads)


def test_a_gateway_asks_for_something_even_if_the_spec_does_not() -> None:
    assert pod(tier())["initContainers"][0]["resources"]["requests"]
    asked = pod(tier({"gateway": {"resources": {"requests": {"cpu": "1"}}}}))["initContainers"][0]["resources"]
    assert asked == {"requests": {"cpu": "1"}}
