"""A VectorTier becomes a running tier that an unmodified client works with."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from weaviate.classes.config import Configure
from weaviate.classes.data import DataObject

from tests.e2e.conftest import small_spec
from tests.objects import get, list_objects, wait_for
from tests.tiers import Tier


def test_a_tier_becomes_ready_and_an_unmodified_client_works(new_tier: Callable[..., Tier]) -> None:
    tier = new_tier("one", small_spec())
    tier.await_ready()
    random_vector = random.Random(1).random
    with tier.client() as client:
        collection = client.collections.create("Ticket", vector_config=Configure.Vectors.self_provided())
        vectors = [[random_vector() for _ in range(16)] for _ in range(50)]
        collection.data.insert_many([DataObject({"n": n}, vector=vector) for n, vector in enumerate(vectors)])
        found = collection.query.near_vector(vectors[7], limit=1)
        assert found.objects[0].properties["n"] == 7
        assert collection.aggregate.over_all(total_count=True).total_count == 50
    assert tier.status["nodes"] == 1


def test_three_voters_become_ready_and_agree(new_tier: Callable[..., Tier]) -> None:
    spec = small_spec(nodes={"min": 3, "max": 3})
    spec["weaviate"]["raftVoters"] = 3
    tier = new_tier("three", spec)
    tier.await_ready()
    with tier.client() as client:
        members = client.cluster.nodes(output="minimal")
        assert sorted(member.status for member in members) == ["HEALTHY"] * 3


@pytest.mark.parametrize("kind", ["statefulset", "deployment", "service", "networkpolicy", "poddisruptionbudget"])
def test_children_carry_owner_and_labels(new_tier: Callable[..., Tier], kind: str) -> None:
    tier = new_tier("owned", small_spec(mode="Observe"))
    selector = f"vectortier.dev/tier={tier.name}"
    children = wait_for(f"a {kind}", lambda: list_objects(tier.kubectl, kind, tier.namespace, selector) or None, 30)
    for child in children:
        owner = child["metadata"]["ownerReferences"][0]
        assert (owner["kind"], owner["name"], owner["controller"]) == ("VectorTier", "owned", True)
        assert child["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "vectortier"


def test_volumes_outlive_a_tier_by_default(new_tier: Callable[..., Tier]) -> None:
    tier = new_tier("kept", small_spec())
    tier.await_ready()
    tier.delete(volumes=False)
    claims = list_objects(tier.kubectl, "pvc", tier.namespace, f"vectortier.dev/tier={tier.name}")
    assert [claim["status"]["phase"] for claim in claims] == ["Bound"]


def test_deleting_the_namespace_takes_everything_along(new_tier: Callable[..., Tier]) -> None:
    tier = new_tier("short", small_spec(), namespace="e2e-gone")
    tier.await_ready()
    tier.kubectl("delete", "namespace", "e2e-gone", "--timeout=60s", timeout=70)
    assert get(tier.kubectl, "namespace", "e2e-gone") is None
