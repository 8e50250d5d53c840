"""Nodes and copies: how long they take, what they cost, who is taken away."""

import math

from tests.unit.simulate.builders import model
from vectortier.simulate.copies import Tier


def test_a_new_copy_boots_is_copied_to_loads_and_serves() -> None:
    tier = Tier.of(model(copyInterference=0.5), 2)
    tier.resize(3, 30.0)
    assert [tier.copying(t) for t in (30.0, 44.9, 45.0, 74.9, 75.0)] == [0, 0, 1, 1, 0]
    assert [tier.serving(t) for t in (30.0, 89.9, 90.0)] == [2, 2, 3]
    assert [tier.effective(t) for t in (30.0, 45.0, 75.0, 90.0)] == [2.0, 1.5, 2.0, 3.0]
    assert [tier.next_change(t) for t in (30.0, 45.0, 75.0, 90.0)] == [45.0, 75.0, 90.0, math.inf]


def test_nodes_cost_from_when_they_are_asked_for_and_bytes_when_they_move() -> None:
    tier = Tier.of(model(), 1)
    tier.resize(2, 0.0)
    tier.spend(0.0, 30.0)
    assert (tier.node_seconds, tier.bytes_moved, tier.shard_copies) == (60.0, 15_000_000.0, 1)
    tier.spend(30.0, 100.0)
    assert (tier.node_seconds, tier.bytes_moved, tier.shard_copies) == (200.0, 30_000_000.0, 1)


def test_the_youngest_is_taken_away_first_and_a_copy_not_begun_was_never_made() -> None:
    tier = Tier.of(model(), 2)
    tier.resize(4, 0.0)
    tier.resize(3, 5.0)
    tier.resize(1, 10.0)
    tier.spend(0.0, 100.0)
    assert [node.ordinal for node in tier.nodes] == [0]
    assert (tier.shard_copies, tier.bytes_moved) == (0, 0.0)
    assert tier.resizes == [(0.0, 2), (5.0, -1), (10.0, -2)]


def test_shards_are_copied_one_by_one_where_somebody_asks_for_it() -> None:
    tier = Tier.of(model(shards=3), 1)
    tier.add_node(0.0)
    transfer = tier.copy_shard(tier.nodes[1], 20.0)
    assert (transfer.ends, transfer.bytes) == (30.0, 10_000_000.0)
    assert tier.serving(1e9) == 1, "a copy serves when it is told to"
