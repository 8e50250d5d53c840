"""What is not the tier's, or no longer there: it is neither taken over nor made up, and the tier says what to do."""

from __future__ import annotations

from typing import Any

from tests.integration.faults.loop import Life
from tests.integration.faults.test_dying_at_every_write import serve_one_node
from tests.integration.rig import TIER, Rig, node
from vectortier.clients import kubernetes_kinds as kinds


def somebodys_service(rig: Rig) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": TIER, "namespace": rig.namespace, "labels": {"helm.sh/chart": "weaviate-17"}},
        "spec": {"selector": {"app": "weaviate"}, "ports": [{"port": 80}]},
    }


def test_a_service_of_the_same_name_is_not_taken_over(rig: Rig) -> None:
    before = rig.admin.create(somebodys_service(rig))
    rig.apply_tier()
    life = Life(rig, epoch=1)
    life.until("the rest is there", lambda: rig.admin.find(kinds.STATEFUL_SET, rig.namespace, f"{TIER}-weaviate"))
    life.until("it says so", lambda: rig.condition("Stalled").get("reason") == "ApplyRefused")
    assert f"Service {TIER} exists and is not this tier's" in rig.condition("Stalled")["message"]
    assert rig.get(kinds.SERVICE, TIER) == before

    rig.admin.delete(before)
    life.until("it is made once the name is free", lambda: not rig.condition("Stalled"))
    assert rig.get(kinds.SERVICE, TIER)["metadata"]["ownerReferences"][0]["uid"] == rig.tier()["metadata"]["uid"]
    life.end()


def test_an_object_that_lost_its_labels_is_still_the_tiers(rig: Rig) -> None:
    serve_one_node(rig)
    service = rig.get(kinds.SERVICE, TIER)
    labels = service["metadata"]["labels"]
    rig.admin.patch(service, {"metadata": {"labels": dict.fromkeys(labels)}})
    life = Life(rig, epoch=2)
    life.until("the labels are back", lambda: rig.get(kinds.SERVICE, TIER)["metadata"].get("labels") == labels)
    assert not rig.condition("Stalled")
    life.end()


def test_new_keys_are_not_made_under_nodes_that_run_with_the_old_ones(rig: Rig) -> None:
    serve_one_node(rig)
    keys = rig.get(kinds.SECRET, f"{TIER}-keys")
    rig.admin.delete(keys)
    life = Life(rig, epoch=2)
    life.until("it says so", lambda: rig.condition("Ready").get("reason") == "KeysMissing")
    for _ in range(3):
        life.look()
    assert rig.admin.find(kinds.SECRET, rig.namespace, f"{TIER}-keys") is None
    assert f"Secret {TIER}-keys is missing" in rig.condition("Ready")["message"]
    assert rig.serving() == {node(0)}

    same = {**keys, "metadata": {"name": f"{TIER}-keys", "namespace": rig.namespace}}
    rig.admin.create(same)
    life.until("it goes on with the keys brought back", lambda: rig.condition("Ready").get("status") == "True")
    life.end()
