"""Nodes are restarted one after the other, wherever the operator dies: each once, and never two at a time."""

from __future__ import annotations

import itertools

import pytest

from tests.integration.faults.loop import Life
from tests.integration.faults.test_dying_at_every_write import die_until
from tests.integration.faults.test_shrinking import fill, serve, settle, sized
from tests.integration.rig import TIER, Rig, await_so, node
from tests.integration.runtime.test_leadership import look, take_over
from vectortier.act.nodes import restart_node
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Object, connect
from vectortier.clients.kubernetes_errors import ConflictError
from vectortier.model.observation import Identity
from vectortier.model.plan import RestartNode
from vectortier.observe.tier import TierView

NODES = 2
CHANGED = {
    "resources": {"requests": {"cpu": "51m"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    "storage": {"size": "10Gi"},
}


def change(rig: Rig) -> None:
    """The spec changes what nodes are made from, and nothing else."""
    rig.apply_tier(**sized(NODES), weaviate=CHANGED)


def uids(rig: Rig) -> dict[str, str]:
    """Which pods the nodes have."""
    found = (rig.admin.find(kinds.POD, rig.namespace, node(i)) for i in range(NODES))
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in found if pod is not None}


def restarted(rig: Rig, before: dict[str, str]) -> bool:
    """Whether every node has another pod, all of them serve, and nothing is under way."""
    after = uids(rig)
    others = after.keys() == before.keys() and all(after[name] != before[name] for name in before)
    return others and len(rig.serving()) == NODES and "operation" not in rig.journal()


def history(rig: Rig) -> list[tuple[str, str]]:
    return [(past["kind"], past["result"]) for past in rig.journal()["history"]]


def test_every_node_is_restarted_once_and_never_are_both_out_of_the_serving_set(rig: Rig) -> None:
    serve(rig, NODES)
    before, life = uids(rig), Life(rig, epoch=2)
    change(rig)
    least: list[int] = []

    def is_over() -> bool:
        least.append(len(rig.serving()))
        return restarted(rig, before)

    life.until("both are restarted", is_over, looks=400)
    life.end()
    assert history(rig) == [("Restart", "Succeeded")]
    assert min(least) == NODES - 1
    after = uids(rig)
    settle(rig)
    assert uids(rig) == after


def test_it_finishes_although_the_operator_dies_before_and_after_every_write(rig: Rig) -> None:
    serve(rig, NODES)
    before = uids(rig)
    change(rig)
    deaths = die_until(rig, lambda: restarted(rig, before))
    assert deaths.log.count("after DELETE Pod 200") == NODES, deaths.log
    assert history(rig) == [("Restart", "Succeeded")]
    fill(rig, NODES)
    settle(rig)


def test_a_pod_that_has_changed_since_it_was_seen_is_left_alone(rig: Rig) -> None:
    """As by a former leader, which wakes up when the next one has already told the pod to end."""
    serve(rig, NODES)
    pod = rig.get(kinds.POD, node(1))
    view = _seen(rig, pod)
    rig.admin.patch(pod, {"metadata": {"annotations": {"changed": "since"}}})
    action = RestartNode(pod=node(1), uid=pod["metadata"]["uid"])
    with pytest.raises(ConflictError):
        restart_node(rig.admin, view, action)
    assert uids(rig)[node(1)] == pod["metadata"]["uid"]
    assert restart_node(rig.admin, _seen(rig, rig.get(kinds.POD, node(1))), action)


def test_a_pod_that_only_a_new_leader_has_marked_is_not_deleted_by_the_former_one(rig: Rig) -> None:
    serve(rig, NODES)
    old, before = look(rig), uids(rig)
    take_over(rig)
    action = RestartNode(pod=node(1), uid=before[node(1)])
    with pytest.raises(ConflictError):
        restart_node(connect(rig.kubeconfig), old, action)
    assert "deletionTimestamp" not in rig.get(kinds.POD, node(1))["metadata"]
    await_so("the new one may", lambda: restart_node(connect(rig.kubeconfig), look(rig), action))
    await_so("it is made anew", lambda: uids(rig).get(node(1), before[node(1)]) != before[node(1)])


def test_a_pod_that_changes_between_look_and_deletion_is_deleted_at_another_try(rig: Rig) -> None:
    serve(rig, NODES)
    before, answers, times = uids(rig), list[int](), itertools.count()

    def note(verb: str, kind: str, status: int) -> None:
        if (verb, kind) == ("DELETE", kinds.POD.name):
            answers.append(status)

    def meddle() -> bool:
        """As the kubelet does, right before the operator writes."""
        steps = rig.journal().get("operation", {}).get("steps", ())
        ends = any((step["name"], step["state"]) == ("RestartNode", "Journalled") for step in steps)
        if ends and len(answers) < 3:
            for name in uids(rig):
                touched = {"annotations": {"changed": str(next(times))}}
                rig.admin.patch(rig.get(kinds.POD, name), {"metadata": touched})
        return True

    change(rig)
    life = Life(rig, 2, connect(rig.kubeconfig, may_write=meddle, on_request=note))
    life.until("both are restarted", lambda: restarted(rig, before), looks=400)
    life.end()
    assert answers == [409, 409, 409, *[200] * NODES]
    assert history(rig) == [("Restart", "Succeeded")]


def _seen(rig: Rig, pod: Object) -> TierView:
    spec = VectorTierSpec.model_validate({"slo": {"search": {"p99Milliseconds": 250}}})
    identity = Identity(namespace=rig.namespace, name=TIER, uid="u", generation=1)
    return TierView({}, identity, spec, VectorTierStatus(), {(kinds.POD.name, node(1)): pod}, None)
