"""A scale-out that cannot go on is reported and held; it neither loops nor begins another."""

from __future__ import annotations

from tests.integration.faults.loop import Life
from tests.integration.faults.test_dying_at_every_write import serve_one_node
from tests.integration.rig import TIER, Rig, node
from vectortier.clients import kubernetes_kinds as kinds


def hold(rig: Rig, life: Life) -> dict[str, str]:
    """Ten looks that write nothing but the first one's report; the versions that stayed."""
    for _ in range(3):
        life.look()
    before = rig.versions()
    for _ in range(10):
        look = life.look()
        assert look is not None
        assert look.plan.action is None, look.plan.message
    after = rig.versions()
    assert after == before
    return after


def test_a_node_whose_volume_cannot_be_had_is_awaited_and_reported(rig: Rig) -> None:
    rig.cluster.kubectl("delete", f"pv/{rig.namespace}-1")
    serve_one_node(rig)
    rig.break_slo()
    life = Life(rig, epoch=2)
    life.until("the node is asked for", lambda: workload(rig)["spec"]["replicas"] == 2)
    life.until("it says so", lambda: life.looks and life.looks[-1].plan.reason == "StorageUnavailable")
    hold(rig, life)
    assert rig.weaviate.cluster.started_copies == []
    assert rig.serving() == {node(0)}
    life.end()


def test_a_node_that_does_not_come_up_gets_no_copy_and_no_traffic(rig: Rig) -> None:
    rig.bridge.held.add(node(1))
    serve_one_node(rig)
    rig.break_slo()
    life = Life(rig, epoch=2)
    life.until("the node is asked for", lambda: workload(rig)["spec"]["replicas"] == 2)
    life.until("it is awaited", lambda: life.looks and life.looks[-1].plan.action is None)
    hold(rig, life)
    assert rig.weaviate.cluster.started_copies == []
    assert rig.serving() == {node(0)}
    rig.bridge.held.clear()
    life.until("it goes on by itself", lambda: rig.weaviate.cluster.started_copies)
    life.end()


def workload(rig: Rig) -> dict[str, dict[str, int]]:
    return rig.get(kinds.STATEFUL_SET, f"{TIER}-weaviate")
