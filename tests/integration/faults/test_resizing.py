"""A larger weaviate.storage.size reaches the claims and the StatefulSet, and no pod or claim is lost by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.faults.loop import Life
from tests.integration.faults.test_dying_at_every_write import die_until
from tests.integration.faults.test_restarting import history, uids
from tests.integration.faults.test_shrinking import serve, sized
from tests.integration.rig import NODES, TIER, Rig, await_so, node
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Object

COUNT = 2
WORKLOAD = f"{TIER}-weaviate"
WAIT = "vectortier.test/wait"
"""Somebody's finalizer."""


@pytest.fixture
def fixed(rig: Rig) -> Iterator[str]:
    """A storage class whose volumes keep their size."""
    yield from storage_class(rig, expands=False)


@pytest.fixture
def elastic(rig: Rig) -> Iterator[str]:
    """A storage class whose volumes can grow."""
    yield from storage_class(rig, expands=True)


def storage_class(rig: Rig, *, expands: bool) -> Iterator[str]:
    """One of the rig's own, which its volumes are of."""
    name = f"{rig.namespace}-class"
    metadata = {"name": name}
    body = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata}
    rig.cluster.kubectl.apply(
        json.dumps({**body, "provisioner": "vectortier.test/none", "allowVolumeExpansion": expands})
    )
    change = json.dumps({"spec": {"storageClassName": name}})
    for ordinal in range(NODES):
        rig.cluster.kubectl("patch", "persistentvolume", f"{rig.namespace}-{ordinal}", f"--patch={change}")
    yield name
    rig.cluster.kubectl("delete", "storageclass", name)


def weaviate(storage: str, size: str, **more: Any) -> dict[str, Any]:
    """The part of the spec that says what nodes are made from."""
    resources = {"limits": {"cpu": "1", "memory": "1Gi"}}
    return {"resources": resources, "storage": {"size": size, "storageClassName": storage}, **more}


def claims(rig: Rig) -> dict[str, Object]:
    return {node(i): rig.get(kinds.VOLUME_CLAIM, f"data-{node(i)}") for i in range(COUNT)}


def asked(rig: Rig) -> list[str]:
    """What each node's claim asks for."""
    return [claim["spec"]["resources"]["requests"]["storage"] for claim in claims(rig).values()]


def workload(rig: Rig) -> Object:
    return rig.get(kinds.STATEFUL_SET, WORKLOAD)


def of_new_nodes(rig: Rig) -> str:
    """What a node that is added gets."""
    return str(workload(rig)["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"])


def is_over(rig: Rig) -> bool:
    journal = rig.journal()
    return "operation" not in journal and any(past["kind"] == "ResizeVolumes" for past in journal["history"])


def has_all_pods(rig: Rig) -> bool:
    """Whether the StatefulSet that is there now has taken over the pods."""
    uid = workload(rig)["metadata"]["uid"]
    pods = (rig.get(kinds.POD, node(i)) for i in range(COUNT))
    return all([owner["uid"] for owner in pod["metadata"].get("ownerReferences", ())] == [uid] for pod in pods)


def test_claims_and_statefulset_get_the_size_and_every_pod_stays(rig: Rig, elastic: str) -> None:
    serve(rig, COUNT, weaviate=weaviate(elastic, "10Gi"))
    pods, before, life = uids(rig), workload(rig)["metadata"]["uid"], Life(rig, epoch=2)
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(elastic, "20Gi"))
    life.until("the volumes are asked for larger", lambda: is_over(rig))
    assert history(rig) == [("ResizeVolumes", "Succeeded")]
    assert (asked(rig), of_new_nodes(rig)) == (["20Gi"] * COUNT, "20Gi")
    after = workload(rig)
    assert (after["metadata"]["uid"] != before, after["spec"]["replicas"]) == (True, COUNT)
    await_so("the pods are the new StatefulSet's", lambda: has_all_pods(rig))
    assert uids(rig) == pods
    life.look()
    assert rig.condition("Reconciling")["reason"] == "ResizingVolumes"
    grow(rig)
    life.until("they are as large", lambda: not rig.condition("Reconciling"))
    assert (uids(rig), rig.serving(), history(rig)) == (pods, set(pods), [("ResizeVolumes", "Succeeded")])
    assert [look.outcome for look in life.looks if look.outcome.reason == "ApplyRefused"] == []
    life.end()


def grow(rig: Rig) -> None:
    """What the storage driver says once it is done."""
    change = json.dumps({"status": {"capacity": {"storage": "20Gi"}}})
    for name in (f"data-{node(i)}" for i in range(COUNT)):
        options = (f"--namespace={rig.namespace}", "--subresource=status", f"--patch={change}")
        rig.cluster.kubectl("patch", "persistentvolumeclaim", name, *options)


def test_a_class_that_does_not_allow_it_is_told_in_the_servers_words_and_the_rest_goes_on(rig: Rig, fixed: str) -> None:
    serve(rig, COUNT, weaviate=weaviate(fixed, "10Gi"))
    pods, before, life = uids(rig), workload(rig)["metadata"]["uid"], Life(rig, epoch=2)
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(fixed, "20Gi"))
    life.until("it is given up", lambda: is_over(rig))
    assert history(rig) == [("ResizeVolumes", "Failed")]
    assert (asked(rig), of_new_nodes(rig), workload(rig)["metadata"]["uid"]) == (["10Gi"] * COUNT, "10Gi", before)
    life.look()
    stalled = rig.condition("Stalled")
    assert stalled["reason"] == "VolumeNotExpandable"
    assert "must support resize" in stalled["message"]
    for _ in range(5):
        life.look()
    assert history(rig) == [("ResizeVolumes", "Failed")], "not again at once"
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(fixed, "20Gi", env=[{"name": "LOG_LEVEL", "value": "debug"}]))
    life.until("another change arrives", lambda: ("Restart", "Succeeded") in history(rig), looks=400)
    assert not pods.items() & uids(rig).items()
    assert not rig.condition("Stalled") or rig.condition("Stalled")["reason"] == "VolumeNotExpandable"
    life.end()


def test_no_pod_and_no_replica_is_lost_wherever_the_operator_dies(rig: Rig, elastic: str) -> None:
    serve(rig, COUNT, weaviate=weaviate(elastic, "10Gi"))
    pods = uids(rig)
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(elastic, "20Gi"))
    deaths = die_until(rig, lambda: is_over(rig))
    assert deaths.log.count("after DELETE StatefulSet 200") == 1, deaths.log
    assert history(rig) == [("ResizeVolumes", "Succeeded")]
    assert (workload(rig)["spec"]["replicas"], of_new_nodes(rig)) == (COUNT, "20Gi")
    await_so("the pods are the new StatefulSet's", lambda: has_all_pods(rig))
    assert uids(rig) == pods


def test_a_statefulset_that_takes_its_time_to_go_is_waited_for(rig: Rig, elastic: str) -> None:
    """It has a finalizer. Nothing else is begun, and the spec may change meanwhile."""
    serve(rig, COUNT, weaviate=weaviate(elastic, "10Gi"))
    rig.admin.patch(workload(rig), {"metadata": {"finalizers": [WAIT]}})
    pods, life = uids(rig), Life(rig, epoch=2)
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(elastic, "20Gi"))
    life.until("it is to go", lambda: "deletionTimestamp" in workload(rig)["metadata"])
    await_so("Kubernetes has let go of the pods", lambda: workload(rig)["metadata"]["finalizers"] == [WAIT])
    rig.clock.hurry(3600.0)
    rig.apply_tier(**{**sized(COUNT), "nodes": {"min": 1, "max": COUNT}}, weaviate=weaviate(elastic, "30Gi"))
    for _ in range(3):
        life.look()
    assert rig.journal()["operation"]["steps"][-1]["state"] == "Journalled"
    rig.admin.patch(workload(rig), {"metadata": {"finalizers": []}})
    life.until("all of it is done", lambda: len(history(rig)) == 2 and "operation" not in rig.journal())
    assert history(rig) == [("ResizeVolumes", "Succeeded")] * 2
    assert of_new_nodes(rig) == "30Gi"
    assert (workload(rig)["spec"]["replicas"], asked(rig), uids(rig)) == (COUNT, ["30Gi"] * COUNT, pods)
    life.end()


def test_claims_that_go_with_the_tier_do_not_go_with_the_statefulset(rig: Rig, elastic: str) -> None:
    serve(rig, COUNT, weaviate=weaviate(elastic, "10Gi"), deletionPolicy="Delete")
    await_so("the claims are the StatefulSet's", lambda: all(owners(claim) for claim in claims(rig).values()))
    before, life = {name: claim["metadata"]["uid"] for name, claim in claims(rig).items()}, Life(rig, epoch=2)
    rig.apply_tier(**sized(COUNT), weaviate=weaviate(elastic, "20Gi"), deletionPolicy="Delete")
    life.until("the volumes are asked for larger", lambda: is_over(rig))
    assert history(rig) == [("ResizeVolumes", "Succeeded")]
    uid = workload(rig)["metadata"]["uid"]
    life.until("they go with the tier again", lambda: all(owners(claim) == [uid] for claim in claims(rig).values()))
    after = claims(rig)
    assert {name: claim["metadata"]["uid"] for name, claim in after.items()} == before
    assert not any("deletionTimestamp" in claim["metadata"] for claim in after.values())
    life.end()


def owners(claim: Object) -> list[str]:
    return [owner["uid"] for owner in claim["metadata"].get("ownerReferences") or ()]
