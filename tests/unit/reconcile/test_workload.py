"""Pods as values: what kubelet says, and what it does not say yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.children.tiers import tier
from vectortier.act.journal import journal_data
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.metadata import COMPONENT_LABEL
from vectortier.children.statefulset import build_statefulset
from vectortier.model.journal import Journal, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.observation import Identity
from vectortier.observe.journal import journal_name
from vectortier.observe.tier import TierView
from vectortier.observe.workload import present_nodes, present_volume_size, read_pod, read_volumes, read_workload


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "tickets-weaviate-1", "uid": "u1"}, "spec": {}, "status": status}


def test_a_pod_that_nobody_scheduled_says_why() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}
    found = read_pod(pod(phase="Pending", conditions=[condition]))
    assert (found.ordinal, found.scheduled, found.scheduling_message) == (1, False, "0/3 nodes are available")
    assert (found.ip, found.started_at, found.ready) == (None, None, False)


def test_a_running_pod_has_the_start_of_its_present_container() -> None:
    state = {"running": {"startedAt": "2026-01-01T00:00:10Z"}}
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:20Z"}]
    containers = [{"name": "weaviate", "restartCount": 2, "state": state}]
    raw = pod(phase="Running", podIP="192.0.2.7", conditions=conditions, containerStatuses=containers)
    raw["spec"]["nodeName"] = "one"
    found = read_pod(raw)
    assert (found.ip, found.ready, found.restarts, found.scheduled) == ("192.0.2.7", True, 2, True)
    assert (found.started_at, found.ready_since) == (1767225610.0, 1767225620.0)


def test_an_init_container_that_cannot_start_is_the_reason() -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff"}}}
    behind = {"state": {"waiting": {"reason": "PodInitializing"}}}
    raw = pod(initContainerStatuses=[{"name": "wait", **waiting}], containerStatuses=[{"name": "weaviate", **behind}])
    assert read_pod(raw).waiting_reason == "ImagePullBackOff"


def test_a_pod_that_is_being_deleted_is_terminating() -> None:
    raw = pod(phase="Running")
    raw["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:10Z"
    assert read_pod(raw).terminating


def removal_of(ordinal: int) -> dict[str, Any]:
    """The tier's journal, by which the node was taken away."""
    step = Step(
        name=StepName.REMOVE_FROM_RAFT, target=f"tickets-weaviate-{ordinal}", state=StepState.DONE, finished_at=5.0
    )
    operation = Operation(id="o", kind=OperationKind.SCALE_IN, why="d", epoch=1, started_at=1.0, steps=(step,))
    return {"metadata": {"name": journal_name("tickets")}, "data": journal_data(Journal(history=(operation,)))}


def recreation_of(nodes: int) -> dict[str, Any]:
    """The tier's journal, by which its StatefulSet of so many nodes is being made anew."""
    step = Step(name=StepName.RECREATE_STATEFUL_SET, nodes=nodes, size="15Gi", state=StepState.JOURNALLED)
    operation = Operation(id="o", kind=OperationKind.RESIZE_VOLUMES, why="d", epoch=1, started_at=1.0, steps=(step,))
    return {"metadata": {"name": journal_name("tickets")}, "data": journal_data(Journal(operation=operation))}


def stateful_set(replicas: int, size: str) -> dict[str, Any]:
    built = build_statefulset(tier({"weaviate": {"storage": {"size": size}}}, nodes=replicas))
    return {**built, "metadata": {"name": "tickets-weaviate"}}


def view(
    *,
    nodes: int = 0,
    replicas: int | None = None,
    claims: tuple[int, ...] = (),
    removed: int | None = None,
    recreated: int | None = None,
    pods: tuple[int, ...] = (),
    ending: tuple[int, ...] = (),
    size: str = "10Gi",
) -> TierView:
    spec = {"slo": {"search": {"p99Milliseconds": 250}}, "nodes": {"min": 1, "max": 5}}
    objects: dict[tuple[str, str], dict[str, Any]] = {
        ("PersistentVolumeClaim", f"data-tickets-weaviate-{n}"): {
            "metadata": {"name": f"data-tickets-weaviate-{n}", "uid": f"claim-{n}"}
        }
        for n in claims
    }
    if removed is not None:
        objects["ConfigMap", journal_name("tickets")] = removal_of(removed)
    if recreated is not None:
        objects["ConfigMap", journal_name("tickets")] = recreation_of(recreated)
    for n in (*pods, *ending):
        metadata = {"name": f"tickets-weaviate-{n}", "uid": f"u{n}", "labels": {COMPONENT_LABEL: "weaviate"}}
        gone = {"deletionTimestamp": "2026-01-01T00:00:10Z"} if n in ending else {}
        objects["Pod", f"tickets-weaviate-{n}"] = {"metadata": {**metadata, **gone}}
    if replicas is not None:
        objects["StatefulSet", "tickets-weaviate"] = stateful_set(replicas, size)
    return TierView(
        raw={},
        identity=Identity(namespace="search", name="tickets", uid="u", generation=1),
        spec=VectorTierSpec.model_validate(spec),
        status=VectorTierStatus(nodes=nodes),
        objects=objects,
        keys=None,
    )


@pytest.mark.parametrize(
    ("seen", "nodes"),
    [
        (view(), 1),
        (view(replicas=3, nodes=1), 3),
        (view(nodes=3), 3),
        (view(claims=(0, 1, 2)), 3),
        (view(replicas=2, claims=(0, 1, 2)), 2),
        (view(claims=(0, 1, 2), removed=2), 2),
        (view(claims=(0, 1, 2), removed=2, pods=(0, 1, 2)), 3),
        (view(recreated=3), 3),
        (view(recreated=2, nodes=3, claims=(0, 1, 2), pods=(0, 1), ending=(2,)), 2),
        (view(recreated=2, pods=(0, 1, 2)), 3),
        (view(recreated=2, replicas=3), 3),
    ],
    ids=[
        "a new tier",
        "as it is",
        "the StatefulSet was deleted",
        "made again on old volumes",
        "volumes of the past",
        "made again beside the volume of a node that was taken away",
        "never fewer than there are pods",
        "an operation makes it anew, and nothing else is left to tell",
        "an operation makes it anew, beside what a former node has left",
        "an operation makes it anew, and a pod came meanwhile",
        "an operation is about to make it anew",
    ],
)
def test_how_many_nodes_a_tier_has(seen: TierView, nodes: int) -> None:
    assert present_nodes(seen) == nodes


@pytest.mark.parametrize(
    ("seen", "size"),
    [
        (view(), "10Gi"),
        (view(replicas=1, size="5Gi"), "5Gi"),
        (view(replicas=1, size="10240Mi"), "10Gi"),
        (view(recreated=1), "15Gi"),
        (view(recreated=1, replicas=1, size="5Gi"), "5Gi"),
    ],
    ids=[
        "a new tier has what the spec says",
        "one that exists has what it has",
        "the same quantity is the same, however it is written",
        "one that is made anew has what was written down",
        "one that is about to be made anew has what it has",
    ],
)
def test_what_volumes_nodes_to_come_get(seen: TierView, size: str) -> None:
    assert present_volume_size(seen) == size


def test_a_volume_says_what_it_asks_for_what_it_has_and_what_goes_on() -> None:
    waits = {"type": "FileSystemResizePending", "status": "True", "message": "start the pod anew"}
    seen = view(claims=(0,))
    claim = seen.objects["PersistentVolumeClaim", "data-tickets-weaviate-0"]
    claim["spec"] = {"resources": {"requests": {"storage": "20Gi"}}}
    claim["status"] = {"capacity": {"storage": "10Gi"}, "conditions": [waits, {"type": "Resizing", "status": "False"}]}
    claim["metadata"]["ownerReferences"] = [{"kind": "StatefulSet", "uid": "s"}]
    (found,) = read_volumes(seen)
    assert (found.requested_bytes, found.capacity_bytes, found.owned) == (20 * 1024**3, 10 * 1024**3, True)
    assert found.progress == "FileSystemResizePending: start the pod anew"


def test_a_size_that_is_written_in_an_unknown_way_is_not_known() -> None:
    seen = view(claims=(0,))
    seen.objects["PersistentVolumeClaim", "data-tickets-weaviate-0"]["spec"] = {
        "resources": {"requests": {"storage": "1e9"}}
    }
    (found,) = read_volumes(seen)
    assert (found.requested_bytes, found.capacity_bytes) == (None, None)


def test_a_stateful_set_that_was_deleted_and_is_there_yet_is_ending() -> None:
    seen = view(replicas=2)
    assert not read_workload(seen).stateful_set_ending
    metadata = {"name": "tickets-weaviate", "deletionTimestamp": "2026-01-01T00:00:10Z"}
    ending = {**seen.objects["StatefulSet", "tickets-weaviate"], "metadata": metadata}
    assert read_workload(replace(seen, objects={("StatefulSet", "tickets-weaviate"): ending})).stateful_set_ending
