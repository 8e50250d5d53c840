"""Writes are counted from what the operator and the API server say, and only those that could be the operator's."""

from __future__ import annotations

from tests.benchmarks.writes import Written, received_writes, sent_writes

OPERATOR = """\
vectortier_api_requests_total{kind="StatefulSet",status="200",verb="GET"} 40.0
vectortier_api_requests_total{kind="StatefulSet",status="200",verb="PATCH"} 2.0
vectortier_api_requests_total{kind="ConfigMap",status="409",verb="PUT"} 1.0
vectortier_api_requests_total{kind="Lease",status="200",verb="PUT"} 900.0
vectortier_api_requests_created{kind="StatefulSet",status="200",verb="PATCH"} 1.7e+09
"""


def server(verb: str, resource: str, count: int, subresource: str = "", group: str = "") -> str:
    labels = f'code="200",component="apiserver",dry_run="",group="{group}",resource="{resource}",scope="resource"'
    return f'apiserver_request_total{{{labels},subresource="{subresource}",verb="{verb}",version="v1"}} {count}'


def test_of_the_operators_requests_the_writes_count_and_its_lease_does_not() -> None:
    assert sent_writes(OPERATOR) == 3


def test_of_the_servers_requests_those_count_that_could_be_the_operators() -> None:
    lines = [
        server("APPLY", "statefulsets", 3, group="apps"),
        server("APPLY", "vectortiers", 5, "status", "vectortier.dev"),
        server("POST", "events", 7),
    ]
    others = [
        server("GET", "statefulsets", 100, group="apps"),
        server("PUT", "statefulsets", 100, "status", "apps"),
        server("PUT", "leases", 100, group="coordination.k8s.io"),
        server("PATCH", "nodes", 100),
    ]
    assert received_writes("\n".join(lines + others)) == 15


def test_an_object_that_changed_appeared_or_went_was_written() -> None:
    before = Written(3, 10, {"kept": "1", "changed": "1", "gone": "1"}, looks=20)
    after = Written(5, 11, {"kept": "1", "changed": "2", "new": "7"}, looks=24)
    found = after.since(before)
    assert found == {"looks": 4, "writes_by_operator": 2, "writes_at_api_server": 1, "objects_changed": 3}


def test_a_restarted_operator_counts_from_zero() -> None:
    found = Written(2, 10, {}, looks=6).since(Written(30, 10, {}, looks=20), restarted=True)
    assert (found["looks"], found["writes_by_operator"]) == (6, 2)
