"""A small collection in a tier, searches in it, and what Weaviate says about where it is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import requests
from weaviate.classes.config import Configure
from weaviate.classes.data import DataObject

from tests.objects import wait_for
from tests.tiers import Tier

COLLECTION = "Document"
COUNT = 300
_DIMENSIONS = 16
_TIMEOUT_SECONDS = 10


def vectors(count: int = COUNT) -> list[list[float]]:
    """The same vectors each time, so that documents can be checked without keeping them."""
    draw = random.Random(1).random
    return [[draw() for _ in range(_DIMENSIONS)] for _ in range(count)]


def load_documents(tier: Tier, count: int = COUNT, factor: int = 1) -> None:
    """Create the collection and put the documents in through the front door."""
    with tier.client() as client:
        collection = client.collections.create(
            COLLECTION,
            vector_config=Configure.Vectors.self_provided(),
            replication_config=Configure.replication(factor=factor),
        )
        rows = [
            DataObject({"name": f"{n}", "description": f"document {n}", "section": "test"}, vector=vector)
            for n, vector in enumerate(vectors(count))
        ]
        answer = collection.data.insert_many(rows)
        assert not answer.has_errors, answer.errors


def count_documents(tier: Tier) -> int:
    """How many documents a client finds at the front door."""
    with tier.client() as client:
        return client.collections.use(COLLECTION).aggregate.over_all(total_count=True).total_count or 0


def documents_on(tier: Tier, ordinal: int) -> dict[str, dict[str, Any]]:
    """Every document with its vector, by id, as one node finds it: what it holds itself, it reads there."""
    found: dict[str, dict[str, Any]] = {}
    after = ""
    while True:
        page = ask_node(
            tier, ordinal, "/v1/objects", **{"class": COLLECTION, "include": "vector", "limit": "500", "after": after}
        )["objects"]
        if not page:
            return found
        found |= {document["id"]: document for document in page}
        after = page[-1]["id"]


def ask_node(tier: Tier, ordinal: int, path: str, **parameters: str) -> Any:
    """What one Weaviate node answers, past the gateway."""
    pod = tier.node(ordinal)
    return requests.get(
        f"http://{pod['status']['podIP']}:8080{path}",
        params=parameters,
        headers={"Authorization": f"Bearer {tier.api_key}"},
        timeout=_TIMEOUT_SECONDS,
    ).json()


def members(tier: Tier, ordinal: int = 0) -> dict[str, str] | None:
    """The cluster's members and their status, as one node sees them; None when it does not say.

    Weaviate keeps who asks waiting for a member that hangs.
    """
    try:
        found = ask_node(tier, ordinal, "/v1/nodes")["nodes"]
    except requests.RequestException:
        return None
    return {member["name"]: member["status"] for member in found}


def replicas(tier: Tier) -> list[list[str]]:
    """The nodes that hold each shard of the collection, from the sharding state."""
    state = ask_node(tier, 0, "/v1/replication/sharding-state", collection=COLLECTION)
    return [sorted(shard["replicas"]) for shard in state["shardingState"]["shards"]]


def factor(tier: Tier) -> int:
    """The collection's replication factor."""
    definition: Mapping[str, Any] = ask_node(tier, 0, f"/v1/schema/{COLLECTION}")
    return int(definition["replicationConfig"]["factor"])


def await_counts(tier: Tier, expected: Mapping[str, int], timeout: float = 90.0) -> None:
    """Wait until each node reports so many documents. What Weaviate reports lags by up to half a minute."""

    def equal() -> bool | None:
        found = ask_node(tier, 0, "/v1/nodes", output="verbose")["nodes"]
        counts = {
            member["name"]: sum(s["objectCount"] for s in member.get("shards") or () if s["class"] == COLLECTION)
            for member in found
        }
        return True if counts == dict(expected) else None

    wait_for(f"the nodes to report {dict(expected)} documents", equal, timeout)
