"""Schedules: what people, machines and Weaviate do while the operator works, in any order."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.model.kubernetes import NAMESPACE, TIER, WORKLOAD
from tests.model.settling import calm, settle
from tests.model.world import World
from tests.unit.decide.builders import spec
from vectortier.act.lock import lock_name
from vectortier.model.journal import StepName

MOST_NODES = 4
ordinals = st.integers(0, MOST_NODES - 1)


def bounds(copies: tuple[int, int], spare: int, most: int = MOST_NODES) -> dict[str, Any]:
    """A spec's bounds, with so many nodes more than copies at least, and about so many at most."""
    low, high = sorted(copies)
    least = min(MOST_NODES, low + spare)
    return {"copies": {"min": low, "max": high}, "nodes": {"min": least, "max": max(most, least, high)}}


sizes = st.builds(
    bounds, st.tuples(st.integers(1, 3), st.integers(1, 3)), st.integers(0, 1), st.integers(1, MOST_NODES)
)


def _made_on_the_node_that_goes(schedule: "Schedule") -> None:
    world = schedule.world
    if world.leaving in world.cluster.nodes and "Note" not in world.cluster.collections:
        world.add_collection("Note", [world.leaving])


def _made_on_a_node_that_has_gone(schedule: "Schedule") -> None:
    """Weaviate goes on choosing it until raft has forgotten it."""
    schedule.looks_until(lambda: schedule.world.step is StepName.REMOVE_FROM_RAFT)
    _made_on_the_node_that_goes(schedule)


def _made_on_the_youngest(schedule: "Schedule") -> None:
    """Its copies on the others lack something, and then it is to go."""
    youngest = f"{WORKLOAD}-{max(schedule.world.store.pods)}"
    schedule.world.data.short_copies = True
    if "Note" not in schedule.world.cluster.collections:
        schedule.world.add_collection("Note", [youngest])
    schedule.spec_changes(bounds((2, 3), 0))
    schedule.looks(60, 10.0)
    schedule.spec_changes(bounds((1, 1), 0))
    schedule.looks(40, 10.0)


def _copied_off_the_youngest_while_that_hurts(schedule: "Schedule") -> None:
    """What only it holds is copied to those that stay, one shard after the other, once nothing else is under way."""
    calm(schedule.world)
    schedule.spec_changes(bounds((1, 2), 1))
    schedule.looks_until(lambda: schedule.world.journal.operation is None)
    schedule.looks(60, 15.0)
    youngest = f"{WORKLOAD}-{max(schedule.world.store.pods)}"
    schedule.world.hurt = True
    if "Memo" not in schedule.world.cluster.collections:
        schedule.world.add_collection("Memo", [youngest], 3)
    schedule.spec_changes(bounds((1, 1), 0, 1))
    schedule.looks(80, 5.0)


def _tenants_made_and_changed(schedule: "Schedule") -> None:
    """All on one node, and what becomes of them depends on when somebody asks."""
    schedule.collection_is_made(name="Tenants", on=[0])
    for tenant, status in enumerate(("HOT", "COLD", "COLD", "HOT")):
        schedule.tenant_is_changed(tenant=tenant, status=status)


def _about_to_be_dropped(schedule: "Schedule") -> None:
    """Tenants are on the youngest node, which is to go, and one of them has been copied."""
    world = schedule.world
    calm(world)
    schedule.collection_is_made(name="Tenants", on=[max(world.store.pods)])
    schedule.spec_changes(bounds((1, 1), 0, 1))
    schedule.looks_until(lambda: world.step is StepName.DROP_COPY)


def _put_to_sleep_while_they_are_moved(schedule: "Schedule") -> None:
    """By the time that one is to be dropped nobody counts it any more."""
    _about_to_be_dropped(schedule)
    for tenant in range(4):
        schedule.tenant_is_changed(tenant=tenant, status="COLD")
    schedule.looks(20, 60.0)


def _kept_after_they_were_copied(schedule: "Schedule") -> None:
    """Something is in the way of the drop until it is given up, and then the node may stay."""
    _about_to_be_dropped(schedule)
    schedule.world.backup = True
    schedule.looks(80, 60.0)
    schedule.spec_changes(bounds((1, 1), 1))


def _backed_up(schedule: "Schedule") -> None:
    schedule.world.backup = True


def _overloaded(schedule: "Schedule") -> None:
    schedule.world.late = True


def _killed(schedule: "Schedule") -> None:
    schedule.world.fuse.left = 1


def _stopped_while_another_cancels(schedule: "Schedule") -> None:
    world = schedule.world
    world.thaw()
    world.freeze()
    schedule.annotation_is_set("cancel")
    for _ in range(6):
        world.tick(3.0)
    world.thaw()


def _stopped_before_it_deletes(schedule: "Schedule") -> None:
    """A pod or a volume. It is woken as soon as another one has taken over, which has not touched that yet."""
    world = schedule.world
    world.thaw()
    schedule.spec_changes_what_nodes_are_made_from(bad=False)
    schedule.looks_until(world.is_about_to_delete, 120)
    world.freeze()
    world.tick(1.0)
    world.thaw()


EVENTS: dict[str, Callable[["Schedule"], None]] = {
    "a backup begins": _backed_up,
    "a collection is made on the node that goes": _made_on_the_node_that_goes,
    "a collection is made on a node that has gone": _made_on_a_node_that_has_gone,
    "tenants are made on one node": _tenants_made_and_changed,
    "tenants are kept after they were copied": _kept_after_they_were_copied,
    "tenants are put to sleep while they are moved": _put_to_sleep_while_they_are_moved,
    "a collection is made on the youngest node": _made_on_the_youngest,
    "copies off the youngest node hurt": _copied_off_the_youngest_while_that_hurts,
    "searches are late": _overloaded,
    "the operator dies": _killed,
    "the operator is stopped while another one cancels": _stopped_while_another_cancels,
    "the operator is stopped before it deletes something": _stopped_before_it_deletes,
}


class Schedule(RuleBasedStateMachine):
    """One tier and what happens to it. At the end everything is well again, and it has to come to rest."""

    world: World

    @initialize(copies=st.integers(1, 3), size=sizes, shards=st.integers(1, 2))
    def begin(self, copies: int, size: dict[str, Any], shards: int) -> None:
        """So many copies serve, and a spec that may want more or fewer of them."""
        self.world = World(spec(**bounds((copies, copies), 0)))
        self._look(3)
        self.world.add_collection("Ticket", [f"{WORKLOAD}-{i}" for i in range(copies)], shards)
        self._look(5)
        self.spec_changes(size)

    @rule(looks=st.integers(5, 60), seconds=st.sampled_from([2.0, 5.0, 15.0]))
    def looks(self, looks: int, seconds: float) -> None:
        self._look(looks, seconds)

    @rule(steps=st.integers(1, 4))
    def steps_go_by(self, steps: int) -> None:
        """Until that many steps of the operation under way have begun or ended: what comes next meets it there."""
        for _ in range(steps):
            before = self._progress()
            for _ in range(20):
                self._tick(4.0)
                if self._progress() != before:
                    break

    @rule(grows=st.booleans(), steps=st.integers(0, 20), event=st.sampled_from(sorted(EVENTS)))
    def something_happens_within_an_operation(self, grows: bool, steps: int, event: str) -> None:
        """The spec asks for more copies, or for fewer where there are some; after some steps of that, it happens."""
        calm(self.world)
        self.spec_changes(bounds((2, 3), 0))
        self.looks_until(lambda: (self.world.journal.operation is not None) if grows else self._is_large())
        if not grows:
            self.spec_changes(bounds((1, 1), 0))
            self.looks_until(lambda: self.world.leaving is not None)
        self.steps_go_by(steps)
        EVENTS[event](self)

    @rule(halves=st.integers(0, 7))
    def operator_dies(self, halves: int) -> None:
        """Before or after one of the writes to come; the next one finds what it has left."""
        self.world.fuse.left = halves
        for _ in range(15):
            if not self._tick(3.0):
                break
        self.world.fuse.left = None

    @rule()
    @precondition(lambda self: self.world.frozen is None)
    def operator_is_stopped_and_another_leads(self) -> None:
        self.world.freeze()

    @rule()
    def stopped_operator_goes_on(self) -> None:
        self.world.thaw()

    @rule(late=st.booleans())
    def load_changes(self, late: bool) -> None:
        self.world.late = late

    @rule(hurt=st.booleans())
    def copies_hurt(self, hurt: bool) -> None:
        self.world.hurt = hurt

    @rule(blind=st.booleans())
    def metrics_come_and_go(self, blind: bool) -> None:
        self.world.blind = blind

    @rule(size=sizes)
    def spec_changes(self, size: dict[str, Any]) -> None:
        storage = {"size": self.world.spec.weaviate.storage.size}
        damping = {"scaleIn": {"keepVolumesSeconds": 3600}}
        self.world.spec = spec(**size, damping=damping, weaviate={"storage": storage})
        self.world.generation += 1

    @rule(bad=st.booleans())
    def spec_changes_what_nodes_are_made_from(self, bad: bool) -> None:
        """Into something that may not start."""
        self.world.store.revision += 1
        self.world.generation += 1
        self.world.store.bad |= {self.world.store.revision} if bad else set()

    @rule(expandable=st.booleans(), looks=st.integers(0, 12), then=st.sampled_from(["goes on", "dies", "is stopped"]))
    def volumes_are_to_be_larger(self, expandable: bool, looks: int, then: str) -> None:
        """Their storage class may not allow it, and something may happen to the operator on the way."""
        self.world.store.expandable = expandable
        size = int(self.world.spec.weaviate.storage.size.removesuffix("Gi")) + 10
        before = self.world.spec.weaviate
        weaviate = before.model_copy(update={"storage": before.storage.model_copy(update={"size": f"{size}Gi"})})
        self.world.spec = self.world.spec.model_copy(update={"weaviate": weaviate})
        self.world.generation += 1
        if then == "dies":
            self.operator_dies(looks)
            return
        self._look(looks, 3.0)
        if then == "is stopped":
            self.world.thaw()
            self.world.freeze()
            self._look(8, 3.0)
            self.world.thaw()

    @rule(ordinal=ordinals)
    def container_ends(self, ordinal: int) -> None:
        pod = self.world.store.pods.get(ordinal)
        if pod is not None:
            pod.started_at, pod.changed_at = None, self.world.now

    @rule(ordinal=st.integers(1, MOST_NODES - 1))
    def container_does_not_start(self, ordinal: int) -> None:
        self.world.store.stuck.add(ordinal)
        self.container_ends(ordinal)

    @rule()
    def containers_start_again(self) -> None:
        self.world.store.stuck.clear()

    @rule(trouble=st.sampled_from(["none", "fail", "lost", "short", "short"]))
    def copies_fail_or_are_lied_about(self, trouble: str) -> None:
        """Weaviate gives up on them, or says READY of one that does not show, or that lacks something."""
        self.world.cluster.copy_errors[:] = ["disk full"] if trouble == "fail" else []
        self.world.cluster.lose_copies, self.world.data.short_copies = trouble == "lost", trouble == "short"

    @rule(answers=st.integers(1, 2))
    def answers_get_lost(self, answers: int) -> None:
        self.world.answers_lost = answers

    @rule(runs=st.booleans())
    def backup(self, runs: bool) -> None:
        self.world.backup = runs

    @rule(held=st.booleans())
    def somebody_else_locks(self, held: bool) -> None:
        key = ("Lease", lock_name(TIER))
        seen = self.world.store.objects.get(key)
        if seen is not None and seen["spec"].get("holderIdentity") == "vectortier":
            return
        metadata = {"name": lock_name(TIER), "namespace": NAMESPACE}
        holder = {"holderIdentity": "a-backup"} if held else {}
        self.world.store.put(
            {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": metadata, "spec": holder}
        )

    @rule(shard=st.integers(0, 1), node=ordinals)
    def somebody_else_copies(self, shard: int, node: int) -> None:
        self.world.copy_as_somebody_else(f"s{shard}", f"{WORKLOAD}-{node}")

    @rule(name=st.sampled_from(["Note", "Tenants"]), on=st.lists(ordinals, min_size=1, max_size=2, unique=True))
    def collection_is_made(self, name: str, on: list[int]) -> None:
        """On nodes that raft knows: Weaviate does not ask whether they are about to go."""
        there = [f"{WORKLOAD}-{i}" for i in on if self._is_candidate(f"{WORKLOAD}-{i}")]
        if there and name not in self.world.cluster.collections:
            tenants = name == "Tenants"
            self.world.add_collection(name, there, shards=4 if tenants else 1, multi_tenant=tenants)

    @rule(tenant=st.integers(0, 3), status=st.sampled_from(["HOT", "COLD", "COLD", "FROZEN"]))
    def tenant_is_changed(self, tenant: int, status: str) -> None:
        """By the application, whatever goes on; where Weaviate refuses it, it stays what it was."""
        self.world.data.set_tenant("Tenants", f"s{tenant}", status)

    @rule(name=st.sampled_from(["Note", "Tenants"]))
    def collection_is_deleted(self, name: str) -> None:
        """Not within an operation that is to put one of its tenants to sleep again: nobody could tell the tenant of a
        collection that is made anew under the same name from the former one."""
        moving = any(m.collection == name for m in self.world.cluster.movements.values())
        operation = self.world.journal.operation
        noted = operation is not None and any(s.tenant_status and s.collection == name for s in operation.steps)
        if not (moving or noted):
            self.world.delete_collection(name)

    @rule(name=st.sampled_from(["pause", "pause-scale-in", "cancel"]))
    def annotation_is_set(self, name: str) -> None:
        operation = self.world.journal.operation
        value = (operation.id if operation is not None else "none") if name == "cancel" else "true"
        self.world.annotations[f"vectortier.dev/{name}"] = value

    @rule()
    def annotations_are_removed(self) -> None:
        self.world.annotations.clear()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            settle(self.world)

    def looks_until(self, is_so: Callable[[], bool], most: int = 60) -> None:
        """At most so many looks, until it is so."""
        for _ in range(most):
            if is_so():
                return
            self._tick(10.0)

    def _is_large(self) -> bool:
        """Whether there is a copy to do without, and nothing goes on."""
        counts = [len(on) for c in self.world.cluster.collections.values() for on in c.replicas.values()]
        return self.world.journal.operation is None and min(counts, default=0) > 1

    def _progress(self) -> object:
        operation = self.world.journal.operation
        return None if operation is None else (operation.id, [step.state for step in operation.steps])

    def _is_candidate(self, name: str) -> bool:
        node = self.world.cluster.nodes.get(name)
        return node is not None and node.in_raft

    def _look(self, looks: int, seconds: float = 5.0) -> None:
        for _ in range(looks):
            self._tick(seconds)

    def _tick(self, seconds: float) -> bool:
        self.world.tidy_foreign()
        self.world.write_everywhere()
        return self.world.tick(seconds)
