"""Tenants that are copied: what becomes of their status, and what Weaviate refuses meanwhile."""

from __future__ import annotations

import pytest

from tests.contract.loopback import wait_for
from tests.contract.subject import Subject, client
from tests.contract.test_leaving import BOTH, SETTLE_SECONDS, counts, placed
from vectortier.act.copies import drop_copy
from vectortier.act.movement import start_copy
from vectortier.act.tenants import activate_tenant, restore_tenant
from vectortier.clients.errors import Refused
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import ActivateTenant, DropCopy, RestoreTenant, StartCopy
from vectortier.observe.database import read_database

OBJECTS = 50


def other(node: str) -> str:
    return next(name for name in BOTH if name != node)


def copy(weaviate: Weaviate, collection: str, tenant: str) -> tuple[str, StartCopy]:
    """Asks for a copy of the tenant on the node that lacks it; the movement's id, and what was asked for."""
    (holder,) = placed(weaviate, collection)[tenant]
    asked = StartCopy(index=0, collection=collection, shard=tenant, source=holder, target=other(holder))
    return start_copy(weaviate, asked), asked


def delete(weaviate: Weaviate, movement: str) -> None:
    """Deletes the movement, and waits until it is off the list."""
    weaviate.delete_movement(movement)
    wait_for(lambda: movement not in listed(weaviate), SETTLE_SECONDS)


def listed(weaviate: Weaviate) -> set[str]:
    return {m.id for m in weaviate.movements()}


def test_a_tenant_says_what_it_is_and_only_a_loaded_one_is_counted(subject: Subject) -> None:
    subject.create_tenants("Said", OBJECTS, "awake", "asleep")
    weaviate = client(subject)
    assert weaviate.tenants("Said") == {"awake": "HOT", "asleep": "HOT"}

    weaviate.set_tenant("Said", "asleep", "COLD")

    assert weaviate.tenants("Said") == {"awake": "HOT", "asleep": "COLD"}
    assert {shard for _, shard in counts(weaviate, "Said")} == {"awake"}
    seen = next(c for c in read_database(weaviate).collections if c.name == "Said")  # type: ignore[union-attr]
    assert {s.name: s.tenant_status for s in seen.shards} == {"awake": "HOT", "asleep": "COLD"}
    assert set(placed(weaviate, "Said")) == {"awake", "asleep"}, "but its place is known"


def test_a_cold_tenant_is_made_hot_to_be_copied_and_is_whole_at_the_other_node(subject: Subject) -> None:
    subject.create_tenants("Moved", OBJECTS, "a")
    weaviate = client(subject)
    weaviate.set_tenant("Moved", "a", "COLD")
    restore = RestoreTenant(index=0, collection="Moved", tenant="a")

    movement, asked = copy(weaviate, "Moved", "a")
    wait_for(lambda: weaviate.movement(movement).state == "READY", SETTLE_SECONDS)

    assert weaviate.tenants("Moved") == {"a": "HOT"}
    delete(weaviate, movement)
    whole = {(node, "a"): OBJECTS for node in BOTH}
    wait_for(lambda: counts(weaviate, "Moved") == whole, SETTLE_SECONDS, lambda: str(counts(weaviate, "Moved")))
    drop_copy(weaviate, DropCopy(index=0, collection="Moved", shard="a", node=asked.source, copies=1))
    assert restore_tenant(weaviate, restore)
    assert weaviate.tenants("Moved") == {"a": "COLD"}
    assert placed(weaviate, "Moved") == {"a": (asked.target,)}
    assert not restore_tenant(weaviate, restore), "it is so already"
    activate = ActivateTenant(index=0, collection="Moved", tenant="a")
    assert activate_tenant(weaviate, activate)
    assert not activate_tenant(weaviate, activate), "it is so already"
    there = {(asked.target, "a"): OBJECTS}
    wait_for(lambda: counts(weaviate, "Moved") == there, SETTLE_SECONDS, lambda: str(counts(weaviate, "Moved")))


def test_a_tenant_cannot_be_deactivated_while_it_is_copied_and_until_the_movement_is_off_the_list(
    subject: Subject,
) -> None:
    subject.create_tenants("Blocked", OBJECTS, "a", "b")
    weaviate = client(subject)
    movement, _ = copy(weaviate, "Blocked", "a")
    wait_for(lambda: weaviate.movement(movement).state != "REGISTERED", SETTLE_SECONDS)

    if weaviate.movement(movement).state != "READY":
        with pytest.raises(Refused, match="replica movement in progress"):
            weaviate.set_tenant("Blocked", "a", "COLD")
    weaviate.set_tenant("Blocked", "b", "COLD")
    wait_for(lambda: weaviate.movement(movement).state == "READY", SETTLE_SECONDS)
    weaviate.delete_movement(movement)
    if movement in listed(weaviate):
        with pytest.raises(Refused, match="replica movement in progress"):
            weaviate.set_tenant("Blocked", "a", "COLD")
    delete(weaviate, movement)
    weaviate.set_tenant("Blocked", "a", "COLD")

    assert weaviate.tenants("Blocked") == {"a": "COLD", "b": "COLD"}
