"""A copy that lacks something keeps the whole one where it is, until Weaviate has repaired it."""

from tests.model.kubernetes import WORKLOAD
from tests.model.machine import bounds
from tests.model.settling import settle
from tests.model.world import World
from tests.unit.decide.builders import spec
from vectortier.model.journal import OperationKind, Result, StepName, StepState

YOUNGEST = f"{WORKLOAD}-1"


def looks(world: World, count: int) -> None:
    for _ in range(count):
        world.write_everywhere()
        world.tick(10.0)


def shrinking(short: bool) -> World:
    """Two nodes, of which the youngest is to go and holds the only copy of a shard; `short`: those of it that are made
    lack something."""
    world = World(spec(**bounds((1, 1), 1, 2)))
    looks(world, 5)
    world.add_collection("Ticket", [f"{WORKLOAD}-0"])
    world.add_collection("Note", [YOUNGEST])
    looks(world, 5)
    world.data.short_copies = short
    world.spec = spec(**bounds((1, 1), 0, 1))
    world.generation += 1
    return world


def test_the_whole_copy_stays_while_the_other_lacks_something_and_goes_once_it_is_repaired() -> None:
    world = shrinking(short=True)
    looks(world, 200)
    (failed,) = (o for o in world.journal.history if o.kind is OperationKind.SCALE_IN)
    left = next(s for s in failed.steps if s.state is not StepState.DONE)
    assert (failed.result, left.name) == (Result.FAILED, StepName.DROP_COPY)
    note = world.cluster.collections["Note"]
    assert (note.factor, note.replicas["s0"]) == (1, [YOUNGEST, f"{WORKLOAD}-0"]), "one is promised, and there are two"

    settle(world)

    assert (world.store.replicas, note.replicas["s0"]) == (1, [f"{WORKLOAD}-0"])
