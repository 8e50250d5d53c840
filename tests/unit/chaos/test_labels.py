"""What the harness calls the operator's writes."""

import json
from typing import Any

import pytest

from tests.chaos.labels import label

NAMESPACE = "/api/v1/namespaces/chaos"
COORDINATION = "/apis/coordination.k8s.io/v1/namespaces"


def journal(*steps: tuple[str, str]) -> dict[str, Any]:
    operation = {"kind": "ScaleOut", "steps": [{"name": name, "state": state} for name, state in steps]}
    return {"data": {"operation.json": json.dumps(operation)}}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("PUT", f"{COORDINATION}/vectortier-system/leases/vectortier-operator", {}, None),
        ("PUT", f"{COORDINATION}/chaos/leases/t-operation", {"spec": {"holderIdentity": "vectortier"}}, "lock taken"),
        ("PUT", f"{COORDINATION}/chaos/leases/t-operation", {"spec": {"holderIdentity": ""}}, "lock given back"),
        (
            "PUT",
            f"{NAMESPACE}/configmaps/t-operations",
            journal(("AddNode", "Done"), ("Copy", "Journalled"), ("Warm", "Pending")),
            "journal: Copy Journalled",
        ),
        ("PUT", f"{NAMESPACE}/configmaps/t-operations", journal(("Copy", "Pending")), "journal: ScaleOut begun"),
        ("PUT", f"{NAMESPACE}/configmaps/t-operations", {"data": {"history.json": "[]"}}, "journal: no operation"),
        (
            "POST",
            f"{NAMESPACE}/configmaps",
            {"metadata": {"name": "t-operations"}, "data": {}},
            "journal: no operation",
        ),
        ("PUT", f"{NAMESPACE}/configmaps/t-model", {"data": {}}, "model"),
        (
            "PATCH",
            f"{NAMESPACE}/configmaps/t-operations",
            {"metadata": {"annotations": {"vectortier.dev/epoch": "3"}, "resourceVersion": "7"}},
            "mark configmaps with the term",
        ),
        (
            "PATCH",
            "/apis/apps/v1/namespaces/chaos/statefulsets/t-weaviate",
            {"metadata": {"resourceVersion": "7"}, "spec": {"replicas": 3}},
            "StatefulSet's replicas",
        ),
        (
            "PATCH",
            "/apis/vectortier.dev/v1alpha1/namespaces/chaos/vectortiers/t/status",
            {"status": {}},
            "PATCH vectortiers status",
        ),
        ("DELETE", f"{NAMESPACE}/pods/t-weaviate-1", {"preconditions": {"uid": "1"}}, "DELETE pods"),
        ("POST", "/v1/replication/replicate", {"shard": "s"}, "POST /v1/replication/replicate"),
        ("DELETE", "/v1/replication/replicate/5f0c", None, "DELETE /v1/replication/replicate/ID"),
        ("POST", "/v1/cluster/remove", {"node": "t-weaviate-2"}, "POST /v1/cluster/remove"),
    ],
)
def test_a_write_is_named_by_what_it_does(method: str, path: str, body: Any, expected: str | None) -> None:
    assert label(method, path, body) == expected
