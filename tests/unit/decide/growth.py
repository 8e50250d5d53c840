"""A tier of one node that grows to several copies of three shards, run against the small model of the world."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.unit.decide.builders import node, spec
from tests.unit.decide.world import Crash, World, last_result
from vectortier.model.journal import Result

LONG = 200
"""Ticks that are enough."""
WANTED = 4
"""Copies, and nodes."""


def tier(at_once: int = 10, **changes: object) -> World:
    """One node with the only copy of each of three shards; so many nodes are copied to at once."""
    bounds = {"nodes": {"min": 1, "max": 6}, "copies": {"min": 1, "max": 6}}
    collections = {"Note": {"s0": [node(0)]}, "Ticket": {"a": [node(0)], "b": [node(0)]}}
    fields = {"serving_enough": WANTED, **changes}
    return World(spec(**bounds, damping={"maxConcurrentMoves": at_once}), collections, **fields)  # type: ignore[arg-type]


def finish(world: World, crashes: dict[int, Crash] | None = None) -> World:
    """Until the operation has ended, and three ticks more."""
    for i in range(LONG):
        if world.journal.history:
            break
        world.tick((crashes or {}).get(i))
    world.run(3)
    return world


def assert_has_grown(world: World) -> None:
    """By one operation, to all copies, each shard having been copied once to each new node."""
    names = [node(i) for i in range(WANTED)]
    assert last_result(world.journal) is Result.SUCCEEDED
    assert len(world.journal.history) == 1
    assert (world.journal.history[0].nodes, world.journal.history[0].copies) == (WANTED, WANTED)
    assert world.desired == WANTED
    assert all(sorted(on) == names for shards in world.collections.values() for on in shards.values())
    assert world.factor == {"Note": WANTED, "Ticket": WANTED}
    assert world.movements == {}
    assert [e.pod for e in world.journal.serving] == names
    assert world.started == 3 * (WANTED - 1), "each shard once to each new node"


def at_each_point(world: World, crash: Crash | None, check: Callable[[World], None]) -> int:
    """Check what becomes of a tier killed at the first tick, at the second and so on; how many ticks there were."""
    for at in range(LONG):
        killed = copy.deepcopy(world)
        killed.tick(crash)
        check(finish(killed))
        world.tick()
        if world.journal.history:
            return at
    raise AssertionError("it never ends")
