"""Weaviate's nodes: their settings, their volumes, and who may reach and drain them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.children.tiers import named, tier
from vectortier.children.build import build_children
from vectortier.children.context import TierContext
from vectortier.children.disruption import build_weaviate_budget, disruption_note
from vectortier.children.keys import SECRET_KEYS, build_keys
from vectortier.children.network import build_weaviate_policy
from vectortier.children.statefulset import build_statefulset
from vectortier.children.weaviate_env import build_environment


def environment(context: TierContext) -> dict[str, Any]:
    return {
        variable["name"]: variable.get("value", variable.get("valueFrom")) for variable in build_environment(context)
    }


def test_the_number_of_nodes_is_the_decided_one_not_the_specs() -> None:
    context = tier({"nodes": {"min": 1, "max": 6}}, nodes=4)
    assert build_statefulset(context)["spec"]["replicas"] == 4


def test_only_the_voters_are_named_to_raft_however_many_nodes_there_are() -> None:
    variables = environment(tier({"weaviate": {"raftVoters": 3}}, nodes=6))
    assert variables["RAFT_JOIN"] == "tickets-weaviate-0,tickets-weaviate-1,tickets-weaviate-2"
    assert variables["RAFT_BOOTSTRAP_EXPECT"] == "3"


def test_a_users_value_replaces_a_default_and_comes_last() -> None:
    context = tier({"weaviate": {"env": [{"name": "DISABLE_TELEMETRY", "value": "false"}]}})
    assert build_environment(context)[-1] == {"name": "DISABLE_TELEMETRY", "value": "false"}


def test_a_users_value_never_replaces_what_the_operator_relies_on() -> None:
    context = tier({"weaviate": {"env": [{"name": "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", "value": "true"}]}})
    assert environment(context)["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED"] == "false"


def test_a_copy_is_made_by_one_worker_in_small_chunks_unless_the_user_says_otherwise() -> None:
    workers, chunk = "REPLICATION_ENGINE_FILE_COPY_WORKERS", "REPLICATION_ENGINE_FILE_COPY_CHUNK_SIZE"
    assert (environment(tier({}))[workers], environment(tier({}))[chunk]) == ("1", "65536")
    variables = environment(tier({"weaviate": {"env": [{"name": workers, "value": "4"}]}}))
    assert (variables[workers], variables[chunk]) == ("4", "65536")


@pytest.mark.parametrize(("limits", "limited"), [({"memory": "1Gi"}, True), ({"cpu": "1"}, False), ({}, False)])
def test_weaviate_heeds_a_memory_limit_where_there_is_one(limits: dict[str, str], limited: bool) -> None:
    context = tier({"weaviate": {"resources": {"limits": limits}}})
    assert ("LIMIT_RESOURCES" in environment(context)) is limited


def test_only_a_cold_tier_compresses_by_default() -> None:
    assert environment(tier({"temperature": "Cold"}))["DEFAULT_QUANTIZATION"] == "rq-8"
    assert "DEFAULT_QUANTIZATION" not in environment(tier({"temperature": "Hot"}))


@pytest.mark.parametrize(("policy", "when_deleted"), [("Retain", "Retain"), ("Delete", "Delete")])
def test_volumes_outlive_the_tier_unless_told_otherwise_and_always_a_removed_node(
    policy: str, when_deleted: str
) -> None:
    retention = build_statefulset(tier({"deletionPolicy": policy}))["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert retention == {"whenDeleted": when_deleted, "whenScaled": "Retain"}


def test_the_volumes_stay_while_the_statefulset_is_made_anew_and_ask_for_what_it_has() -> None:
    wanted = {"deletionPolicy": "Delete", "weaviate": {"storage": {"size": "20Gi"}}}
    spec = build_statefulset(replace(tier(wanted), volume_size="10Gi", keep_volumes=True))["spec"]
    assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"
    assert spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] == "10Gi"


def test_a_change_of_the_spec_restarts_no_node() -> None:
    assert build_statefulset(tier())["spec"]["updateStrategy"] == {"type": "OnDelete"}


@pytest.mark.parametrize(
    ("copies", "allowed", "words"),
    [(None, 0, "not known"), (0, 0, "outage"), (1, 0, "outage"), (2, 1, "only voter")],
)
def test_a_drain_is_refused_while_it_would_be_an_outage(copies: int | None, allowed: int, words: str) -> None:
    budget = build_weaviate_budget(tier(copies=copies))
    assert budget["spec"]["maxUnavailable"] == allowed
    assert words in budget["metadata"]["annotations"]["vectortier.dev/note"]


def test_there_is_nothing_to_say_about_a_tier_that_survives_a_drain() -> None:
    context = tier({"weaviate": {"raftVoters": 3}}, copies=2)
    assert disruption_note(context.spec, context.copies) is None
    assert "annotations" not in build_weaviate_budget(context)["metadata"]


def reachable(sources: str) -> set[tuple[str, int]]:
    """Ports of a Weaviate pod that a kind of source may reach."""
    chosen: dict[str, Any] = {
        "nodes": {
            "podSelector": {
                "matchLabels": {"vectortier.dev/tier": "tickets", "app.kubernetes.io/component": "weaviate"}
            }
        },
        "gateway": {
            "podSelector": {"matchLabels": {"vectortier.dev/tier": "tickets", "app.kubernetes.io/component": "gateway"}}
        },
        "operator": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "vectortier-system"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "vectortier"}},
        },
        "anyone": {"namespaceSelector": {}},
    }
    rules = build_weaviate_policy(tier())["spec"]["ingress"]
    allowed = [rule["ports"] for rule in rules if chosen[sources] in rule["from"]]
    return {(port["protocol"], port["port"]) for ports in allowed for port in ports}


def test_each_neighbour_reaches_the_ports_it_needs_and_no_other() -> None:
    served = {("TCP", 8080), ("TCP", 50051)}
    cluster = {("TCP", 7946), ("UDP", 7946), ("TCP", 7947), ("TCP", 8300), ("TCP", 8301)}
    assert reachable("anyone") == {("TCP", 2112)}
    assert reachable("gateway") == served
    assert reachable("operator") == served | {("TCP", 7947), ("TCP", 2112)}
    assert reachable("nodes") == served | cluster
    assert len(build_weaviate_policy(tier())["spec"]["ingress"]) == 4


def test_brought_keys_are_used_and_none_generated() -> None:
    context = tier({"weaviate": {"keysSecretRef": {"name": "mine"}}})
    assert build_keys(context, bytes) is None
    references = [value["secretKeyRef"] for value in environment(context).values() if "secretKeyRef" in value]
    assert {reference["name"] for reference in references} == {"mine"}
    assert {reference["key"] for reference in references} == set(SECRET_KEYS)


def test_generated_keys_differ_from_each_other_and_leave_with_the_volumes_only() -> None:
    counter = iter(range(256))
    kept = build_keys(tier(), lambda count: bytes([next(counter)] * count))
    assert kept is not None
    assert set(kept["data"]) == set(SECRET_KEYS)
    assert kept["data"]["api-key"] != kept["data"]["cluster-password"]
    assert "ownerReferences" not in kept["metadata"]
    dropped = build_keys(tier({"deletionPolicy": "Delete"}), bytes)
    assert dropped is not None
    assert dropped["metadata"]["ownerReferences"]


def test_prometheus_finds_the_ports_by_their_names() -> None:
    children = build_children(tier())
    weaviate = named(children, "StatefulSet", "tickets-weaviate")["spec"]["template"]
    gateway = named(children, "Deployment", "tickets-gateway")["spec"]["template"]
    for template, port in ((weaviate, ("metrics", 2112)), (gateway, ("stats", 9902))):
        assert template["metadata"]["labels"]["vectortier.dev/tier"] == "tickets"
        containers = template["spec"]["containers"] + template["spec"]["initContainers"]
        ports = [(entry["name"], entry["containerPort"]) for one in containers for entry in one.get("ports", [])]
        assert port in ports
