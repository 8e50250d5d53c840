"""Once nothing goes wrong any more the tier comes to rest, whole, and nothing is written from then on."""

from tests.model.kubernetes import TIER
from tests.model.weaviate import observed
from tests.model.world import World
from vectortier.act.lock import lock_holder, lock_name
from vectortier.decide.facts.placement import single_tenant

MOST_LOOKS = 1000
BUSY_SECONDS, IDLE_SECONDS = 30.0, 600.0
"""Between looks while an operation goes on, and while nothing does: the longest wait after failures is eight hours."""
QUIET_LOOKS = 6


def calm(world: World) -> None:
    """Nothing is wrong any more, and nobody else does anything."""
    world.late = world.hurt = world.blind = world.backup = world.data.short_copies = world.cluster.lose_copies = False
    world.cluster.copy_errors.clear()
    world.annotations.clear()
    world.store.stuck.clear()
    world.store.expandable = True
    if world.store.revision in world.store.bad:
        world.store.revision += 1
        world.generation += 1
    world.answers_lost, world.fuse.left = 0, None
    if _is_foreign(world):
        world.store.objects.pop(("Lease", lock_name(TIER)))
    for movement in list(world.cluster.movements.values()):
        if movement.id in world.data.foreign and movement.state != "INTEGRATING":
            world.cluster.cancel(movement.id, world.now, delete=True)


def settle(world: World) -> None:
    """Let it come to rest. AssertionError says what is left to do after days."""
    calm(world)
    world.thaw()
    quiet = 0
    for _ in range(MOST_LOOKS):
        writes = world.store.writes
        world.tidy_foreign()
        world.tick(BUSY_SECONDS if world.journal.operation or world.cluster.movements else IDLE_SECONDS)
        quiet = quiet + 1 if world.store.writes == writes else 0
        if quiet >= QUIET_LOOKS and unfinished(world) is None:
            return
    left = unfinished(world) or "it writes on and on"
    raise AssertionError(f"never at rest: {left}: {world.plans[-1].message}")


def unfinished(world: World) -> str | None:
    """What is left to do; None when the tier is whole."""
    if world.journal.operation is not None:
        return f"{world.journal.operation.id} goes on"
    if lock_holder(world.store.objects.get(("Lease", lock_name(TIER)))):
        return "the lock is held"
    if any(pod.revision != world.store.revision for pod in world.store.pods.values()):
        return "a node runs what the spec said before"
    placed = [on for c in world.cluster.collections.values() for on in c.replicas.values()]
    if world.store.replicas > world.spec.nodes.max and placed and not world.is_kept_by_tenants:
        return f"there are {world.store.replicas} nodes, nodes.max is {world.spec.nodes.max}"
    if world.cluster.movements:
        return f"Weaviate lists {next(iter(world.cluster.movements))}"
    return _too_small(world) or _unwhole(world) or _too_few(world) or _changed(world)


def _too_small(world: World) -> str | None:
    size = world.spec.weaviate.storage.size
    if world.store.stateful_set is None:
        return "the StatefulSet is missing"
    if world.store.new_volumes != size:
        return f"nodes that are added get {world.store.new_volumes} and not {size}"
    small = [pod.name for pod in world.store.pods.values() if world.store.claims[pod.name].size != size]
    return f"the volume of {small[0]} is not {size}" if small else None


def _changed(world: World) -> str | None:
    """A tenant that is not what the application has made of it, or has more copies than it is to have."""
    for found in world.cluster.collections.values():
        for tenant, on in found.replicas.items() if found.multi_tenant else ():
            status, wanted = found.tenants.get(tenant, "HOT"), world.data.wanted.get((found.name, tenant), "HOT")
            if status != wanted:
                return f"{found.name}/{tenant} is {status}, and was {wanted}"
            if status in ("HOT", "COLD") and len(on) > found.factor:
                return f"{found.name}/{tenant} has {len(on)} copies, {found.factor} are promised"
    return None


def _unwhole(world: World) -> str | None:
    """A copy that lacks something. Weaviate repairs whatever is loaded and has more than one copy, whether or not its
    collection promises more than one."""
    for (collection, shard), wanted in world.data.acknowledged.items():
        found = world.cluster.collections.get(collection)
        if found is None or not world.cluster.is_loaded(found, shard):
            continue
        for name in found.replicas[shard]:
            if not world.data.held.get((collection, shard, name), set()) >= wanted:
                return f"the copy of {collection}/{shard} on {name} lacks documents"
    return None


def _too_few(world: World) -> str | None:
    database = observed(world.data, backup=False)
    if database is None:
        return "nobody leads"
    for collection in single_tenant(database):
        counts = {len(shard.replicas) for shard in collection.shards}
        if min(counts) < world.spec.copies.min:
            return f"{collection.name} has {min(counts)} copies, copies.min is {world.spec.copies.min}"
        if collection.factor > min(counts):
            return f"{collection.name} promises {collection.factor} copies and has {min(counts)}"
    if len(world.journal.serving) < 1:
        return "nobody serves"
    return None


def _is_foreign(world: World) -> bool:
    return lock_holder(world.store.objects.get(("Lease", lock_name(TIER)))) not in ("", "vectortier")
