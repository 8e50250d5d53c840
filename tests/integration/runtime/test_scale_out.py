"""A missed SLO brings a node with a copy of every shard, once, and the gateway learns of it last."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from tests.integration.rig import TIER, Rig, await_so, node
from vectortier.clients import kubernetes_kinds as kinds


def assert_scaled_out_once(rig: Rig) -> None:
    """Two nodes, two copies, and nothing done twice."""
    history = rig.journal()["history"]
    assert [(past["kind"], past["result"]) for past in history] == [("ScaleOut", "Succeeded")], history
    assert all(step["state"] == "Done" for step in history[0]["steps"])
    assert rig.get(kinds.STATEFUL_SET, f"{TIER}-weaviate")["spec"]["replicas"] == 2
    collection = rig.weaviate.cluster.collections["Ticket"]
    assert {shard: sorted(nodes) for shard, nodes in collection.replicas.items()} == {
        shard: [node(0), node(1)] for shard in ("S1", "S2")
    }
    assert collection.factor == 2
    started = sorted(rig.weaviate.cluster.started_copies)
    assert started == [("Ticket", "S1", node(1)), ("Ticket", "S2", node(1))], "each shard is copied once"
    assert not rig.weaviate.cluster.movements, "finished movements are cleared away"
    await_so("the lock is given back", lambda: not lock(rig).get("holderIdentity"))


def lock(rig: Rig) -> dict[str, Any]:
    """The lock for disruptive operations."""
    spec: dict[str, Any] = rig.get(kinds.LEASE, f"{TIER}-operation")["spec"]
    return spec


def scaled_out(rig: Rig) -> bool:
    """Whether the operation has ended and both nodes serve."""
    journal = rig.journal()
    return bool(journal["history"]) and "operation" not in journal and rig.serving() == {node(0), node(1)}


def endpoints(rig: Rig, port: int) -> set[str]:
    """Whom a gateway that asks is told of, by address."""
    body = {"node": {"cluster": f"{rig.namespace}/{TIER}"}, "resource_names": ["searches_grpc"]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v3/discovery:endpoints", json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 http, as written above
        found = json.load(answer)
    return {
        endpoint["endpoint"]["address"]["socket_address"]["address"]
        for assignment in found["resources"]
        for group in assignment["endpoints"]
        for endpoint in group["lb_endpoints"]
    }


def test_a_missed_slo_brings_a_node_with_copies(rig: Rig) -> None:
    operator = rig.operator().await_ready()
    rig.start_tier()
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True", 60)
    rig.break_slo()
    await_so("the scale-out has ended", lambda: scaled_out(rig), 120)
    rig.light_load()
    assert_scaled_out_once(rig)
    pods = rig.admin.list(kinds.POD, rig.namespace, "app.kubernetes.io/component=weaviate")
    addresses = {pod["status"]["podIP"] for pod in pods}
    assert len(addresses) == 2
    await_so("the gateway is told of both", lambda: endpoints(rig, operator.xds_port) == addresses)
    await_so("two copies are reported", lambda: rig.tier()["status"]["copies"] == 2)
