"""Pods as values: what kubelet says, and what it does not say yet."""

from __future__ import annotations

from typing import Any

import pytest

from vectortier.act.journal import journal_data
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.journal import Journal, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.observation import Identity
from vectortier.observe.journal import journal_name
from vectortier.observe.tier import TierView
from vectortier.observe.workload import present_nodes, read_pod


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


def view(
    nodes: int = 0, replicas: int | None = None, claims: tuple[int, ...] = (), removed: int | None = None
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
    if replicas is not None:
        objects["StatefulSet", "tickets-weaviate"] = {"spec": {"replicas": replicas}}
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
    ],
    ids=[
        "a new tier",
        "as it is",
        "the StatefulSet was deleted",
        "made again on old volumes",
        "volumes of the past",
        "made again beside the volume of a node that was taken away",
    ],
)
def test_how_many_nodes_a_tier_has(seen: TierView, nodes: int) -> None:
    assert present_nodes(seen) == nodes
