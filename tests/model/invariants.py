"""What must hold at every moment, whatever happens. Each is a sentence; AssertionError says which was broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.weaviate_state import SETTLED
from tests.model.kubernetes import TIER, WORKLOAD
from tests.model.weaviate import Watch
from vectortier.act.lock import HOLDER, lock_holder, lock_name
from vectortier.clients.kubernetes import Object
from vectortier.model.journal import OperationKind, StepName, StepState
from vectortier.model.plan import Plan
from vectortier.observe.journal import OPERATION

if TYPE_CHECKING:
    from tests.model.world import World


class Invariants(Watch):
    """Those of one world: asked before each change, and after each look."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.copies_begun = 0
        self.replicas: int | None = None
        """How many nodes the StatefulSet had when it was deleted; None: it never was."""

    def check(self) -> None:
        """After each look."""
        self._every_acknowledged_document_is_somewhere()
        self._somebody_serves()

    def _every_acknowledged_document_is_somewhere(self) -> None:
        data = self._world.data
        for (collection, shard), wanted in data.acknowledged.items():
            if collection not in data.cluster.collections:
                continue
            replicas = data.cluster.collections[collection].replicas[shard]
            there = set().union(*(data.held.get((collection, shard, name), set()) for name in replicas))
            assert wanted <= there, f"{len(wanted - there)} acknowledged documents of {collection}/{shard} are lost"

    def _somebody_serves(self) -> None:
        journal = self._world.journal
        assert journal.serving or not journal.history, "nobody serves"

    def writing(self, body: Object) -> None:
        """Nothing is begun under somebody else's lock, and nodes only go one at a time, unserved and empty."""
        if body["kind"] == "ConfigMap" and OPERATION in body.get("data", {}) and self._world.journal.operation is None:
            holder = lock_holder(self._world.store.objects.get(("Lease", lock_name(TIER))))
            assert holder == HOLDER, f"an operation begins while the lock is held by '{holder}'"
        if body["kind"] == "StatefulSet" and self._world.store.stateful_set is None and self.replicas is not None:
            made = body["spec"]["replicas"]
            assert made == self.replicas, f"the StatefulSet had {self.replicas} nodes and is made anew with {made}"
        if body["kind"] == "StatefulSet" and ("StatefulSet", WORKLOAD) in self._world.store.objects:
            before, after = self._world.store.replicas, body["spec"]["replicas"]
            assert after >= before - 1, "more than one node is taken away at a time"
            if after < before:
                self._leaving(f"{WORKLOAD}-{after}")

    def releasing(self) -> None:
        """The StatefulSet goes only where it is written down how many nodes it has, and that nothing else goes on."""
        self.replicas, step = self._world.store.replicas, self._world.journal.recreating
        assert step is not None, "the StatefulSet goes, and nobody has written down that it is to"
        assert step.nodes == self.replicas, f"the StatefulSet of {self.replicas} nodes goes as one of {step.nodes}"

    def _leaving(self, node: str) -> None:
        assert node not in {e.pod for e in self._world.journal.serving}, f"{node} serves and goes"
        assert not self._names(node), f"{node} goes, and a shard names it"
        assert int(node.rpartition("-")[2]) >= self._world.spec.nodes.min, f"{node} goes, below nodes.min"

    def beginning(self, node: str) -> None:
        """A node never starts on what another one has left: it is another one once raft has forgotten the former."""
        claim, known = self._world.store.claims.get(node), self._world.cluster.nodes.get(node)
        same = known is not None and known.in_raft
        assert claim is None or not claim.left or same, f"{node} starts on an old volume"

    def restarting(self, node: str) -> None:
        """No two nodes are taken down at the same time by the operator's choice."""
        pods = self._world.store.pods.values()
        ending = [p.name for p in pods if p.terminating_since is not None and p.ordinal < self._world.store.replicas]
        assert set(ending) <= {node}, f"{node} is to end while {', '.join(ending)} does"

    def purging(self, node: str) -> None:
        """No volume goes that is used, or that a shard may need; with it goes what it holds."""
        assert not self._names(node), f"the volume of {node} goes, which a shard names"
        assert int(node.rpartition("-")[2]) not in self._world.store.pods, f"the volume of {node} goes under its pod"

    def copying(self, shard: tuple[str, str], source: str, target: str) -> None:
        """One movement to a node and of a shard to it at a time, and never from a copy that is not whole."""
        active = [m for m in self._world.cluster.movements.values() if m.state not in SETTLED]
        assert target not in {m.target for m in active}, f"two movements to {target} at a time"
        assert source not in {m.target for m in active if (m.collection, m.shard) == shard}, "a source is not whole"
        listed = [(m.collection, m.shard, m.target) for m in self._world.cluster.movements.values()]
        assert (*shard, target) not in listed, "a movement is begun before the former one was deleted"
        known = {node.name for node in self._world.cluster.nodes.values() if node.in_raft}
        assert target in known, f"{target} is unknown: Weaviate never gets rid of that movement"
        found = self._world.cluster.collections[shard[0]]
        assert found.tenants.get(shard[1], "HOT") in ("HOT", "COLD"), f"{shard} is copied, which is offloaded"
        self._nothing_else_goes_on()
        self.copies_begun += 1

    def dropping(self, shard: tuple[str, str], node: str) -> None:
        """Enough whole copies are left, on nodes that run, and nobody is sent to the one that goes."""
        world = self._world
        replicas = world.cluster.collections[shard[0]].replicas[shard[1]]
        others = [name for name in replicas if name != node]
        found = world.cluster.collections[shard[0]]
        least = found.factor if found.multi_tenant else world.spec.copies.min
        assert len(others) >= max(1, least), f"too few copies of {shard} are left"
        assert self._spreads() or node not in {e.pod for e in world.journal.serving}, f"{node} serves and drops a copy"
        wanted = world.data.acknowledged.get(shard, set())
        whole = [name for name in others if world.data.held.get((*shard, name), set()) >= wanted]
        assert whole, f"no other copy of {shard} has every acknowledged document"
        self._nothing_else_goes_on()

    def _spreads(self) -> bool:
        """Whether shards are moved about: nodes go on serving then, from what they have."""
        operation = self._world.journal.operation
        return operation is not None and operation.kind is OperationKind.SPREAD

    def changing(self, collection: str, tenant: str, status: str) -> None:
        """A tenant is only made again what the application wanted it to be, or HOT to be counted, which is written
        down before."""
        if status == "HOT":
            assert self._is_to_sleep(collection, tenant), f"{collection}/{tenant} is made HOT, and nobody notes it"
            return
        wanted = self._world.data.wanted.get((collection, tenant), "HOT")
        assert status == wanted, f"{collection}/{tenant} is to be {status}, and the application wants it {wanted}"

    def _is_to_sleep(self, collection: str, tenant: str) -> bool:
        operation = self._world.journal.operation
        steps = [s for s in operation.steps if (s.collection, s.shard) == (collection, tenant)] if operation else []
        restored = any(s.name is StepName.RESTORE_TENANT and s.state is not StepState.DONE for s in steps)
        return restored and any(s.tenant_status == "COLD" for s in steps)

    def forgetting(self, node: str) -> None:
        """Raft forgets only those who are gone and whom no shard names."""
        found = self._world.cluster.nodes.get(node)
        assert found is None or not found.running, f"raft is to forget {node}, which runs"
        assert not self._names(node), f"raft is to forget {node}, which a shard names"
        assert node != f"{WORKLOAD}-0", "raft is to forget a voter"

    def answer_is_lost(self) -> bool:
        """Whether the next answer gets lost."""
        lost = self._world.answers_lost > 0
        self._world.answers_lost -= lost
        return lost

    def nothing_of_a_former_leader(self, writes: int, plan: Plan) -> None:
        """Whoever was stopped, and no longer leads, writes nothing once another has."""
        assert writes == 0 or not self._world.took_over, f"a former leader wrote: {plan.action}"

    def _nothing_else_goes_on(self) -> None:
        assert not self._world.backup, "something is moved while a backup runs"

    def _names(self, node: str) -> bool:
        found = self._world.cluster.collections.values()
        return any(node in replicas for c in found for replicas in c.replicas.values())
