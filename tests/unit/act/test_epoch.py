"""A new leader marks what operations write to and what they delete, once, and then a former one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.unit.children.tiers import tier
from tests.unit.runtime.store import Store
from vectortier.act.apply import Settled, apply_children
from vectortier.act.effects import Tools
from vectortier.act.epoch import raise_epoch
from vectortier.act.nodes import restart_node
from vectortier.act.ownership import EPOCH_ANNOTATION, Term
from vectortier.act.plan import act
from vectortier.act.volumes import purge_volume, recreate_stateful_set
from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus
from vectortier.children import names
from vectortier.children.build import unwanted_children
from vectortier.children.metadata import COMPONENT_LABEL
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import ConflictError, UnreachableError
from vectortier.model.journal import Journal
from vectortier.model.observation import Identity
from vectortier.model.plan import Plan, PurgeVolume, RecreateStatefulSet, RestartNode
from vectortier.observe.tier import TierView

OLD, NEW = Term(1, "frozen"), Term(2, "quick")
NODES = 2
ONE_GATEWAY = tier({"gateway": {"replicas": 1}}, nodes=NODES)
TIER, NAMESPACE = ONE_GATEWAY.name, ONE_GATEWAY.namespace
NODE, CLAIM = names.node(TIER, 1), f"data-{names.node(TIER, 2)}"
"""A node, and the claim that another one has left behind."""
WORKLOAD = names.weaviate(TIER)
JOURNAL = ("ConfigMap", f"{TIER}-operations")
WRITTEN_TO = {JOURNAL, ("ConfigMap", f"{TIER}-model"), ("Lease", f"{TIER}-operation"), ("StatefulSet", WORKLOAD)}
DELETED = {
    *(("Pod", names.node(TIER, ordinal)) for ordinal in range(NODES)),
    *(("PersistentVolumeClaim", f"data-{names.node(TIER, ordinal)}") for ordinal in range(NODES + 1)),
    *((child["kind"], child["metadata"]["name"]) for child in unwanted_children(ONE_GATEWAY)),
}
GATEWAY_POD = ("Pod", f"{TIER}-gateway-7f9c4-x2x4z")


class Recorder(Store):
    """Keeps in which order objects were marked; `left`: after how many writes nobody answers any more."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: list[tuple[str, str]] = []
        self.left: int | None = None

    def patch(self, target: Object, change: Object) -> Object:
        if self.left is not None:
            self.down = self.left == 0
            self.left -= 1
        found = super().patch(target, change)
        self.marked.append((target["kind"], target["metadata"]["name"]))
        return found


def put(store: Store, kind: str, name: str, component: str = names.WEAVIATE, **more: Any) -> None:
    labels = {COMPONENT_LABEL: component}
    metadata = {"name": name, "namespace": NAMESPACE, "uid": f"{kind} {name}", "labels": labels}
    store.create({"apiVersion": "v1", "kind": kind, "metadata": metadata, **more})


def add_node(store: Store, ordinal: int) -> None:
    put(store, "Pod", names.node(TIER, ordinal))
    put(store, "PersistentVolumeClaim", f"data-{names.node(TIER, ordinal)}")


@pytest.fixture
def store() -> Recorder:
    """A tier of some nodes, which the former leader has led until now, and which has just got a single gateway."""
    made = Recorder()
    apply_all(made, look(made))
    for ordinal in range(NODES):
        add_node(made, ordinal)
    put(made, "PersistentVolumeClaim", CLAIM)
    put(made, *GATEWAY_POD, component=names.GATEWAY)
    for child in unwanted_children(ONE_GATEWAY):
        put(made, child["kind"], child["metadata"]["name"], component=names.GATEWAY)
        made.objects[child["kind"], NAMESPACE, child["metadata"]["name"]]["apiVersion"] = child["apiVersion"]
    raise_epoch(client(made), look(made), OLD)
    made.marked.clear()
    return made


def client(store: Store) -> Kubernetes:
    return cast(Kubernetes, store)


def look(store: Store) -> TierView:
    objects = {(kind, name): body for (kind, _, name), body in store.objects.items()}
    identity = Identity(namespace=NAMESPACE, name=TIER, uid=ONE_GATEWAY.uid, generation=1)
    return TierView({}, identity, ONE_GATEWAY.spec, VectorTierStatus(), dict(objects), None)


def marks(store: Store) -> dict[tuple[str, str], str | None]:
    """Whose mark each object has."""
    return {
        (kind, name): body["metadata"].get("annotations", {}).get(EPOCH_ANNOTATION)
        for (kind, _, name), body in store.objects.items()
    }


def test_all_that_is_written_to_or_deleted_is_marked_once_and_the_journal_last(store: Recorder) -> None:
    assert raise_epoch(client(store), look(store), NEW) == len(WRITTEN_TO | DELETED)
    assert set(store.marked) == WRITTEN_TO | DELETED
    assert store.marked[-1] == JOURNAL
    assert marks(store)[GATEWAY_POD] is None, "nobody deletes one"
    assert raise_epoch(client(store), look(store), NEW) == 0


def test_a_node_that_is_added_in_the_same_term_costs_no_write(store: Recorder) -> None:
    raise_epoch(client(store), look(store), NEW)
    add_node(store, NODES + 1)
    assert raise_epoch(client(store), look(store), NEW) == 0


@pytest.mark.parametrize("writes", range(len(WRITTEN_TO | DELETED)))
def test_a_take_over_that_is_cut_short_is_gone_on_with(store: Recorder, writes: int) -> None:
    store.left = writes
    with pytest.raises(UnreachableError):
        raise_epoch(client(store), look(store), NEW)
    store.down, store.left = False, None
    assert raise_epoch(client(store), look(store), NEW) == len(WRITTEN_TO | DELETED) - writes
    assert {key for key, mark in marks(store).items() if mark == NEW.mark} == WRITTEN_TO | DELETED


def test_a_pod_that_has_ended_since_keeps_nothing_from_being_marked(store: Recorder) -> None:
    seen = look(store)
    store.objects.pop(("Pod", NAMESPACE, NODE))
    assert raise_epoch(client(store), seen, NEW) > 0, "look again"
    assert set(store.marked) == (WRITTEN_TO | DELETED) - {("Pod", NODE)}


def test_a_pod_that_has_changed_since_is_looked_at_again(store: Recorder) -> None:
    seen = look(store)
    change(store, ("Pod", NODE))
    with pytest.raises(ConflictError):
        raise_epoch(client(store), seen, NEW)
    assert marks(store)[JOURNAL] == OLD.mark, "the take-over is not complete"
    raise_epoch(client(store), look(store), NEW)
    assert marks(store)["Pod", NODE] == marks(store)[JOURNAL] == NEW.mark


def change(store: Store, key: tuple[str, str]) -> None:
    """As the kubelet does, which writes a pod's status."""
    kind, name = key
    store.patch(store.objects[kind, NAMESPACE, name], {"status": {"phase": "Running"}})


def restart(store: Store, seen: TierView) -> object:
    return restart_node(client(store), seen, RestartNode(pod=NODE, uid=f"Pod {NODE}"))


def purge(store: Store, seen: TierView) -> object:
    uid = f"PersistentVolumeClaim {CLAIM}"
    return purge_volume(client(store), seen, PurgeVolume(index=0, node=names.node(TIER, 2), claim=CLAIM, uid=uid))


def recreate(store: Store, seen: TierView) -> object:
    return recreate_stateful_set(client(store), seen, RecreateStatefulSet(index=0, nodes=NODES))


def apply_all(store: Store, seen: TierView) -> int:
    """Once that is done, all that is left to do is to delete a child that is not wanted any more."""
    return apply_children(client(store), seen, ONE_GATEWAY, bytes, Settled()).writes


DELETIONS = {
    ("Pod", NODE): restart,
    ("PersistentVolumeClaim", CLAIM): purge,
    ("StatefulSet", WORKLOAD): recreate,
    **{(child["kind"], child["metadata"]["name"]): apply_all for child in unwanted_children(ONE_GATEWAY)},
}


@pytest.mark.parametrize(
    ("key", "delete"), DELETIONS.items(), ids=lambda value: value[0] if isinstance(value, tuple) else value.__name__
)
def test_a_former_leader_deletes_nothing_that_has_only_been_marked(
    store: Recorder, key: tuple[str, str], delete: Callable[[Store, TierView], object]
) -> None:
    old = look(store)
    raise_epoch(client(store), look(store), NEW)
    with pytest.raises(ConflictError):
        delete(store, old)
    assert (key[0], NAMESPACE, key[1]) in store.objects
    assert delete(store, look(store)), "the new one may"
    assert (key[0], NAMESPACE, key[1]) not in store.objects


@pytest.mark.parametrize("delete", [restart, purge], ids=lambda value: value.__name__)
def test_another_one_of_the_same_name_is_left_alone(
    store: Recorder, delete: Callable[[Store, TierView], object]
) -> None:
    for body in store.objects.values():
        body["metadata"]["uid"] = "another"
    assert not delete(store, look(store))


def test_a_pod_that_changes_all_the_time_is_deleted_as_soon_as_it_does_not(store: Recorder) -> None:
    """No try fails anything: nothing is written of it, and the next look tries again."""
    raise_epoch(client(store), look(store), NEW)
    plan = Plan(
        action=RestartNode(pod=NODE, uid=f"Pod {NODE}"), reason=Reason.RESTARTING_NODES, message="", nodes=2, copies=1
    )
    before = store.objects[JOURNAL[0], NAMESPACE, JOURNAL[1]]
    for _ in range(3):
        seen = look(store)
        change(store, ("Pod", NODE))
        outcome = act(plan, seen, Journal(), tools(store))
        assert (outcome.done, outcome.reason, outcome.writes) == (False, Reason.SCALING_OUT, 0), "as if it were waiting"
    assert store.objects[JOURNAL[0], NAMESPACE, JOURNAL[1]] == before
    assert act(plan, look(store), Journal(), tools(store)).done
    assert ("Pod", NAMESPACE, NODE) not in store.objects


def tools(store: Store) -> Tools:
    nothing = cast(Any, None)
    return Tools(client(store), nothing, nothing, nothing, nothing, nothing, NEW, 50.0)
