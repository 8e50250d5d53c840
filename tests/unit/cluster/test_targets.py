"""Prometheus is told of every pod of a tier that runs."""

from __future__ import annotations

from typing import Any

from tests.cluster.components.targets import target_groups


def pod(**status: Any) -> dict[str, Any]:
    labels = {"vectortier.dev/tier": "tickets", "app.kubernetes.io/component": "gateway"}
    ports = [
        {"name": "http", "containerPort": 8080},
        {"name": "stats", "containerPort": 9902},
        {"name": "metrics", "containerPort": 2112},
    ]
    return {
        "metadata": {"name": "tickets-gateway-1", "namespace": "shop", "labels": labels},
        "spec": {"containers": [{"name": "envoy", "ports": ports}, {"name": "plain"}]},
        "status": {"podIP": "198.18.8.7", "phase": "Running", **status},
    }


def test_ports_called_metrics_and_stats_become_targets_with_the_labels_of_their_pod() -> None:
    stats, metrics = target_groups([pod()])
    assert stats["targets"] == ["198.18.8.7:9902"]
    assert stats["labels"] == {
        "namespace": "shop",
        "pod": "tickets-gateway-1",
        "tier": "tickets",
        "component": "gateway",
        "__metrics_path__": "/stats/prometheus",
    }
    assert metrics["targets"] == ["198.18.8.7:2112"]
    assert metrics["labels"]["__metrics_path__"] == "/metrics"


def test_a_pod_without_an_address_or_that_has_ended_is_left_out() -> None:
    assert target_groups([pod(podIP=None), pod(phase="Succeeded"), pod(phase="Pending")]) == []


def test_a_pod_of_no_tier_carries_no_tier() -> None:
    plain = pod()
    plain["metadata"].pop("labels")
    assert all("tier" not in group["labels"] for group in target_groups([plain]))
