"""A VectorTier becomes a running tier that an unmodified client works with."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.e2e.conftest import small_spec
from tests.e2e.documents import COLLECTION, COUNT, count_documents, load_documents, vectors
from tests.objects import list_objects, wait_for
from tests.tiers import Tier

DELETED_SECONDS = 60.0


@pytest.fixture(scope="module")
def one(standing: Callable[[str], Tier]) -> Tier:
    """A tier with one node and documents."""
    tier = standing("one")
    load_documents(tier)
    return tier


def test_an_unmodified_client_finds_what_it_has_written(one: Tier) -> None:
    with one.client() as client:
        found = client.collections.use(COLLECTION).query.near_vector(vectors()[7], limit=1)
        assert found.objects[0].properties["name"] == "7"
    assert count_documents(one) == COUNT
    assert one.status["nodes"] == 1


@pytest.mark.parametrize("kind", ["statefulset", "deployment", "service", "networkpolicy", "poddisruptionbudget"])
def test_children_carry_owner_and_labels(one: Tier, kind: str) -> None:
    children = list_objects(one.kubectl, kind, one.namespace, f"vectortier.dev/tier={one.name}")
    assert children
    for child in children:
        owner = child["metadata"]["ownerReferences"][0]
        assert (owner["kind"], owner["name"], owner["controller"]) == ("VectorTier", "one", True)
        assert child["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "vectortier"


def test_a_tier_is_deleted_in_a_minute_and_one_of_the_same_name_finds_its_documents(one: Tier) -> None:
    until = time.monotonic() + DELETED_SECONDS
    one.kubectl("delete", "vectortier", one.name, "-n", one.namespace, f"--timeout={DELETED_SECONDS:.0f}s", timeout=70)
    wait_for(
        "its pods to go",
        lambda: None if one.pods("weaviate") or one.pods("gateway") else True,
        until - time.monotonic(),
    )
    claims = list_objects(one.kubectl, "pvc", one.namespace, f"vectortier.dev/tier={one.name}")
    assert [claim["status"]["phase"] for claim in claims] == ["Bound"]
    one.apply(small_spec())
    one.await_ready()
    assert count_documents(one) == COUNT


def test_three_voters_become_ready_and_agree(new_tier: Callable[..., Tier]) -> None:
    spec = small_spec(nodes={"min": 3, "max": 3})
    spec["weaviate"]["raftVoters"] = 3
    tier = new_tier("three", spec)
    tier.await_ready()
    with tier.client() as client:
        members = client.cluster.nodes(output="minimal")
        assert sorted(member.status for member in members) == ["HEALTHY"] * 3
