"""What cannot go on is told and held: no retries that hurt, and what is there goes on serving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cluster import Cluster
from tests.e2e.conftest import small_spec
from tests.e2e.documents import COLLECTION, COUNT, ask_node, await_counts, load_documents, replicas
from tests.e2e.faults import await_looks, kill_pod
from tests.e2e.movements import Movements, listed
from tests.e2e.operator_metrics import looks
from tests.e2e.searches import Searches
from tests.e2e.volumes import STORAGE_CLASS, SmallVolume, small_volume
from tests.objects import get, wait_for
from tests.tiers import Tier

NewTier = Callable[..., Tier]
MORE = {"nodes": {"min": 2, "max": 2}, "copies": {"min": 2, "max": 2}}
"""What Git asks for in the end: no missed promise is needed for it."""


def test_a_target_that_is_killed_during_its_copy_is_copied_to_once(new_tier: NewTier, node: Cluster) -> None:
    tier = new_tier("hurt", small_spec())
    tier.await_ready()
    load_documents(tier)
    with Searches(tier) as searches, Movements(tier) as movements:
        tier.apply(small_spec(**MORE))
        wait_for("the copy to be under way", lambda: True if under_way(tier) else None, 180)
        kill_pod(node, tier.namespace, "hurt-weaviate-1")
        wait_for("the trouble to be told", lambda: trouble(tier), 60)
        history = wait_for("the operation to end", lambda: tier.journal["history"] or None, 300)
        wait_for("both nodes to serve", lambda: True if tier.status.get("servingNodes") == 2 else None, 60)
    assert searches.failures == {}
    assert [done["result"] for done in history] == ["Succeeded"]
    assert len(movements.seen) <= 3, movements.seen
    assert listed(tier) == []
    assert replicas(tier) == [["hurt-weaviate-0", "hurt-weaviate-1"]]
    await_counts(tier, {"hurt-weaviate-0": COUNT, "hurt-weaviate-1": COUNT})


def test_a_target_without_a_place_is_awaited_without_a_word_too_many(new_tier: NewTier, node: Cluster) -> None:
    tier = new_tier("wide", spec := wide_spec(node))
    tier.await_ready()
    load_documents(tier)
    tier.apply({**spec, **MORE})
    wait_for("the reason to be told", lambda: stalled_for(tier, "TargetUnschedulable"), 120)
    assert "Insufficient cpu" in tier.condition("Stalled")["message"]
    assert_nothing_is_written(tier, node)
    with Searches(tier) as searches:
        searches.await_answers(50)
    assert searches.failures == {}
    assert tier.condition("Ready")["status"] == "True"
    assert tier.journal["history"] == []


def test_a_volume_that_cannot_be_had_is_told(new_tier: NewTier, node: Cluster) -> None:
    spec = small_spec()
    spec["weaviate"]["storage"]["storageClassName"] = "missing"
    tier = new_tier("nostore", spec)
    wait_for("the reason to be told", lambda: stalled_for(tier, "StorageUnavailable"), 60)
    assert "data-nostore-weaviate-0" in tier.condition("Ready")["message"]
    assert_nothing_is_written(tier, node)


@pytest.fixture
def volume(node: Cluster) -> Iterator[SmallVolume]:
    """To be asked for before `new_tier`, so that it outlives the tier."""
    with small_volume(node) as made:
        yield made


def test_a_full_volume_stops_growing_and_no_search(volume: SmallVolume, new_tier: NewTier, node: Cluster) -> None:
    spec = small_spec()
    spec["weaviate"]["storage"]["storageClassName"] = STORAGE_CLASS
    tier = new_tier("full", spec)
    tier.await_ready()
    load_documents(tier)
    volume.fill()
    wait_for("Weaviate to notice", lambda: True if "READONLY" in shard_states(tier) else None, 90)
    tier.apply({**spec, **MORE})
    wait_for("the reason to be told", lambda: held_back_by(tier, "ShardReadOnly"), 60)
    assert_nothing_is_written(tier, node)
    assert tier.journal == {"operation": None, "history": []}
    with Searches(tier) as searches:
        searches.await_answers(50)
        volume.clear()
        wait_for("it to go on by itself", lambda: tier.journal["operation"], 120)
    assert searches.failures == {}


def wide_spec(node: Cluster) -> dict[str, Any]:
    """A tier whose nodes ask for more than half of the machine: one has a place, two do not."""
    machine = get(node.kubectl, "node", "node-1") or {}
    cores = float(machine["status"]["allocatable"]["cpu"])
    spec = small_spec()
    spec["weaviate"]["resources"] = {
        "requests": {"cpu": f"{cores * 520:.0f}m", "memory": "128Mi"},
        "limits": {"memory": "1Gi"},
    }
    return spec


def under_way(tier: Tier) -> bool:
    """Whether Weaviate has taken a copy on and not finished it."""
    return any(movement["status"]["state"] not in ("READY", "CANCELLED") for movement in listed(tier))


def trouble(tier: Tier) -> bool | None:
    """Whether one of the decisions held because of the node."""
    reasons = {decision["reason"] for decision in tier.status.get("decisions", ())}
    return True if reasons & {"NodeDead", "NodeNotReady", "WeaviateStarting", "WeaviateUnreachable"} else None


def stalled_for(tier: Tier, reason: str) -> bool | None:
    """Whether the tier says that somebody has to help, and why."""
    found = tier.condition("Stalled")
    return True if (found.get("status"), found.get("reason")) == ("True", reason) else None


def held_back_by(tier: Tier, reason: str) -> bool | None:
    """Whether the tier cannot be scaled, and why."""
    found = tier.condition("AbleToScale")
    return True if (found.get("status"), found.get("reason")) == ("False", reason) else None


def shard_states(tier: Tier) -> set[str]:
    """The states of the collection's shards, by Weaviate's word."""
    return {shard["status"] for shard in ask_node(tier, 0, f"/v1/schema/{COLLECTION}/shards")}


def assert_nothing_is_written(tier: Tier, node: Cluster) -> None:
    """The operator comes to rest: it looks again and again, and leaves the tier and what belongs to it as they are.

    Without searches, since those would change the verdict on the SLO, which is news and is written.
    """

    def rests() -> bool | None:
        before = versions(tier)
        await_looks(lambda: looks(node, tier), 4)
        return True if versions(tier) == before else None

    wait_for("the operator to leave the tier alone", rests, 60)


def versions(tier: Tier) -> dict[str, str]:
    """The resourceVersion of what the operator would write to if it went on trying."""
    kinds = {
        "vectortier": tier.name,
        "statefulset": f"{tier.name}-weaviate",
        "configmap": f"{tier.name}-operations",
        "lease": f"{tier.name}-operation",
    }
    found = {kind: get(tier.kubectl, kind, name, tier.namespace) or {} for kind, name in kinds.items()}
    return {kind: body.get("metadata", {}).get("resourceVersion", "") for kind, body in found.items()}
