"""Warming a node takes searches of its own, touches no other, and ends in any case."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.fakes.weaviate import FakeWeaviate, Fault
from vectortier.act.warm import WarmLimits, WarmUp
from vectortier.clients.errors import Unreachable
from vectortier.clients.weaviate import Weaviate

FEW = WarmLimits(window=5, searches=30, page=7)


@pytest.fixture
def fake() -> Iterator[FakeWeaviate]:
    with FakeWeaviate() as fake:
        fake.add_node("w-0", voter=True)
        fake.add_node("w-1")
        fake.add_collection("Doc", {"S1": ["w-0", "w-1"]}, objects=30)
        yield fake


def warm_up(fake: FakeWeaviate, limits: WarmLimits = FEW) -> WarmUp:
    return WarmUp(Weaviate(fake.urls()), "w-1", random.Random(1), limits)


def test_searches_go_to_the_node_alone(fake: FakeWeaviate) -> None:
    warmth = warm_up(fake).run(30)

    assert warmth is not None
    assert warmth.searches >= 15
    assert warmth.failed == 0
    assert warmth.p99_milliseconds is not None
    assert {seen.node for seen in fake.requests if seen.path == "/v1/graphql"} == {"w-1"}


def test_it_can_be_done_in_slices(fake: FakeWeaviate) -> None:
    warming = warm_up(fake)

    assert warming.run(0.0) is None
    assert warming.run(30.0) is not None


def test_the_count_bounds_it(fake: FakeWeaviate) -> None:
    warmth = warm_up(fake, WarmLimits(window=10, searches=20)).run(30)

    assert warmth is not None
    assert (warmth.searches, warmth.settled) == (20, False)


def test_the_time_bounds_it(fake: FakeWeaviate) -> None:
    ticks = iter(range(10_000))
    warming = WarmUp(
        Weaviate(fake.urls()), "w-1", random.Random(1), WarmLimits(seconds=30), clock=lambda: float(next(ticks))
    )

    warmth = warming.run(1000)

    assert warmth is not None
    assert not warmth.settled
    assert warmth.seconds >= 30


def test_nothing_stored_means_nothing_to_warm(fake: FakeWeaviate) -> None:
    fake.cluster.collections["Doc"].objects["S1"].clear()

    warmth = warm_up(fake).run(30)

    assert warmth is not None
    assert (warmth.searches, warmth.settled, warmth.p99_milliseconds) == (0, True, None)


def test_tenants_and_shards_on_other_nodes_are_left_alone(fake: FakeWeaviate) -> None:
    fake.cluster.collections.clear()
    fake.add_collection("Tenants", {"alice": ["w-1"]}, multi_tenant=True)
    fake.add_collection("Elsewhere", {"S1": ["w-0"]})

    warmth = warm_up(fake).run(30)

    assert warmth is not None
    assert warmth.searches == 0
    assert fake.count("GET", "objects") == 0


def test_a_node_that_cannot_be_reached_is_given_up(fake: FakeWeaviate) -> None:
    with fake.fault(Fault("POST /v1/graphql", drop=True)), pytest.raises(Unreachable):
        warm_up(fake).run(30)


def test_a_collection_that_cannot_be_searched_does_not_keep_the_others_cold(fake: FakeWeaviate) -> None:
    broken = fake.add_collection("Broken", {"S1": ["w-1"]}, objects=50)
    for stored in broken.objects["S1"]:
        stored["vector"] = [0.5]  # of another length than the collection has: Weaviate answers with an error

    warmth = warm_up(fake).run(30)

    assert warmth is not None
    assert warmth.searches > 0


def test_a_node_none_of_whose_collections_can_be_searched_is_not_called_warm(fake: FakeWeaviate) -> None:
    refusal = Fault("POST /v1/graphql", status=422, body=b'{"error": [{"message": "graphql is disabled"}]}')
    with fake.fault(refusal):
        warmth = warm_up(fake).run(30)

    assert warmth is not None
    assert (warmth.searches, warmth.settled) == (0, False)
