"""A node joins while shards are copied between the others: copies under way finish, and others may begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.loopback import LoopbackCluster, wait_for
from tests.contract.subject import RealSubject, client
from tests.contract.test_movement import COPY_SECONDS, copy_of
from vectortier.act.movement import start_copy

OBJECTS = 500


@pytest.fixture
def cluster(weaviate_binary: Path, tmp_path: Path) -> Iterator[LoopbackCluster]:
    """Three nodes, of which the third does not run yet."""
    made = LoopbackCluster.create(weaviate_binary, tmp_path, 3, {})
    try:
        made.start(size=2)
        yield made
    finally:
        made.stop()


def test_a_node_that_joins_disturbs_no_copy_between_others(cluster: LoopbackCluster) -> None:
    """Copies are begun one after the other until the node is a member, so that some are under way when it joins."""
    subject = RealSubject(cluster, None)
    weaviate = client(subject)
    collections = [f"Copied{number}" for number in range(12)]
    for name in collections:
        subject.create(name, shards=1, objects=OBJECTS)
    begun: dict[str, str] = {}
    cluster.start_node(cluster.nodes[2])

    def joined() -> bool:
        if len(begun) < len(collections):
            name = collections[len(begun)]
            begun[name] = start_copy(weaviate, copy_of(weaviate, name))
        return any(member.name == "weaviate-2" for member in weaviate.members())

    wait_for(joined, COPY_SECONDS, lambda: f"{len(begun)} copies begun")
    assert any(weaviate.movement(key).state != "READY" for key in begun.values()), "none was under way when it joined"
    for name, key in begun.items():
        wait_for(lambda key=key: weaviate.movement(key).state == "READY", COPY_SECONDS)
        assert weaviate.shards(name)[0].replicas == ("weaviate-0", "weaviate-1")

    def counts() -> set[tuple[str, str, int]]:
        return {(m.name, s.collection, s.object_count) for m in weaviate.members() for s in m.shards}

    wanted = {(node, name, OBJECTS) for node in ("weaviate-0", "weaviate-1") for name in begun}
    wait_for(lambda: counts() >= wanted, COPY_SECONDS, lambda: str(wanted - counts()))
