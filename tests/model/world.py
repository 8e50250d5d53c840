"""A tier with its surroundings, and an operator that looks at it: `decide` and `act` are the real ones."""

import contextlib
import itertools
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.weaviate_state import FakeCluster, FakeCollection, FakeNode, Refusal
from tests.model.died import Died, Fuse
from tests.model.invariants import Invariants
from tests.model.kubernetes import NAMESPACE, TIER, WORKLOAD, Kubernetes, Store, workload
from tests.model.weaviate import Data, Weaviate, is_settled, observed
from tests.unit.decide.builders import NOW, load, window
from vectortier.act.background import Background
from vectortier.act.effects import Tools
from vectortier.act.ownership import Term
from vectortier.act.plan import act
from vectortier.act.warm import Warmth
from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.journal import Journal, OperationKind, StepName
from vectortier.model.load import Instant
from vectortier.model.observation import Identity, Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import Plan, PurgeVolume, RestartNode
from vectortier.model.value import Unknown
from vectortier.observe.journal import journal_name, read_journal
from vectortier.observe.tier import TierView
from vectortier.observe.workload import present_nodes, present_volume_size, read_workload

LEAVE_SECONDS = 6.0
_WARM = Warmth(searches=1, failed=0, settled=True, p99_milliseconds=1.0, seconds=1.0)
_KEYS = {"data": dict.fromkeys(("api-key", "cluster-username", "cluster-password"), "a2V5")}


def _cluster() -> FakeCluster:
    """One that names its movements in turn, so that the same schedule is the same again."""
    numbers = itertools.count(1)
    return FakeCluster(lambda: f"movement-{next(numbers):04}")


class AtOnce(Background):
    """What goes on in the background is done when it is asked after."""

    def __init__(self, pool: Executor | None = None) -> None:
        super().__init__(pool)  # type: ignore[arg-type]

    def poll(self, key: Hashable, job: Callable[[], Any], done: Callable[[], None]) -> Any:
        del key, done
        return job()


@dataclass
class Frozen:
    """An operator that was stopped between its decision and what it does about it."""

    plan: Plan
    view: TierView
    journal: Journal | Unknown
    term: int


@dataclass
class World:
    """One tier. Times are Unix seconds; nothing moves but by `tick`."""

    spec: VectorTierSpec
    now: float = NOW
    generation: int = 1
    annotations: dict[str, str] = field(default_factory=dict)
    late: bool = False
    hurt: bool = False
    """Whether searches are late while a shard is copied, and for a while after, which the long window does not show."""
    hurt_until: float = 0.0
    """Whether the promise is missed."""
    blind: bool = False
    """Whether nothing is known of the metrics."""
    backup: bool = False
    answers_lost: int = 0
    """How many of Weaviate's next answers get lost, after what was asked for was done."""
    term: int = 1
    store: Store = field(default_factory=Store)
    data: Data = field(default_factory=lambda: Data(_cluster()))
    fuse: Fuse = field(default_factory=Fuse)
    took_over: bool = True
    """Whether the leader of this term has written anything yet: it begins with marks on all that can be written to."""
    frozen: Frozen | None = None
    plans: list[Plan] = field(default_factory=list)
    outcomes: list[ActionOutcome] = field(default_factory=list)
    _read: tuple[Any, Journal] | None = None
    """The journal's object and what it says: it is asked for far more often than it changes."""

    def __post_init__(self) -> None:
        self.store.put(workload(self.spec.nodes.min, self.spec.weaviate.storage.size))
        self.rules = Invariants(self)
        self.store.on_purge, self.store.on_begin = self.rules.purging, self.rules.beginning
        self.store.on_put, self.store.on_end = self.rules.writing, self.rules.restarting
        self.store.on_release = self.rules.releasing
        for _ in range(4):
            self._advance(15.0)

    @property
    def cluster(self) -> FakeCluster:
        return self.data.cluster

    @property
    def journal(self) -> Journal:
        """As it is written now."""
        raw = self.store.objects.get(("ConfigMap", journal_name(TIER)))
        if self._read is None or self._read[0] is not raw:
            found = read_journal(raw)
            assert isinstance(found, Journal)
            self._read = (raw, found)
        return self._read[1]

    @property
    def is_kept_by_tenants(self) -> bool:
        """Whether a node has to stay for a tenant that cannot be moved, or is to be on more nodes than may stay."""
        found = [c for c in self.cluster.collections.values() if c.multi_tenant]
        offloaded = any(status not in ("HOT", "COLD") for c in found for status in c.tenants.values())
        return offloaded or any(c.factor > self.spec.nodes.max for c in found)

    @property
    def leaving(self) -> str | None:
        """The node that the operation under way takes away at the moment."""
        operation = self.journal.operation
        index = None if operation is None else operation.current
        if operation is None or index is None or operation.kind is not OperationKind.SCALE_IN:
            return None
        return operation.steps[index].target

    @property
    def step(self) -> StepName | None:
        """The step that the operation under way is at."""
        operation = self.journal.operation
        index = None if operation is None else operation.current
        return None if operation is None or index is None else operation.steps[index].name

    def tick(self, seconds: float = 5.0) -> bool:
        """Time passes, and the tier is looked at once; whether the operator lived through it."""
        self._advance(seconds)
        try:
            self._apply()
        except Died:
            return False
        view, seen = self.look()
        plan = decide(self.spec, seen, self.now)
        self.plans.append(plan)
        try:
            outcome = act(plan, view, seen.journal, self._tools(self.term))
            self.outcomes.append(outcome)
            self.took_over |= outcome.writes > 0
        except Died:
            return False
        finally:
            self.rules.check()
        return True

    def is_about_to_delete(self) -> bool:
        """Whether the next look, if nothing changes until then, deletes a pod or a volume."""
        action = decide(self.spec, self.look()[1], self.now).action
        return isinstance(action, RestartNode | PurgeVolume)

    def freeze(self) -> None:
        """The operator looks and decides, and is stopped; another one leads from now on."""
        self._advance(5.0)
        view, seen = self.look()
        self.frozen = Frozen(decide(self.spec, seen, self.now), view, seen.journal, self.term)
        self.term += 1
        self.took_over = False

    def thaw(self) -> None:
        """The stopped operator goes on where it was. It has not noticed yet that it does not lead: what Kubernetes lets
        it do, it does."""
        if self.frozen is None:
            return
        old, self.frozen = self.frozen, None
        writes = self.store.writes
        with contextlib.suppress(Died):
            act(old.plan, old.view, old.journal, self._tools(old.term, leads_weaviate=False))
        self.rules.nothing_of_a_former_leader(self.store.writes - writes, old.plan)
        self.rules.check()

    def look(self) -> tuple[TierView, Observation]:
        """What is seen now."""
        identity = Identity(
            namespace=NAMESPACE,
            name=TIER,
            uid="tier-uid",
            generation=self.generation,
            annotations=dict(self.annotations),
        )
        view = TierView({}, identity, self.spec, VectorTierStatus(), self.store.view(self.now), _KEYS)
        database = observed(self.data, self.backup)
        nobody = Unknown(reason=Reason.WEAVIATE_STARTING, message="nobody leads")
        seen = Observation(
            now=self.now,
            tier=identity,
            workload=read_workload(view),
            database=nobody if database is None else database,
            load=self._load(),
            journal=self.journal,
        )
        return view, seen

    def _apply(self) -> None:
        """A StatefulSet that is missing is made anew, before anything is decided."""
        if self.store.stateful_set is None:
            view = self.look()[0]
            client = Kubernetes(self.store, self.fuse, lambda: True)
            client.create(workload(present_nodes(view), present_volume_size(view)))

    def add_collection(self, name: str, holders: list[str], shards: int = 1, multi_tenant: bool = False) -> None:
        """A collection with a few documents, whose shards are on these nodes."""
        replicas = {f"s{i}": list(holders) for i in range(shards)}
        found = FakeCollection(name, replicas, {s: [] for s in replicas}, len(holders), multi_tenant)
        self.cluster.collections[name] = found
        for shard in replicas:
            self.data.write(name, shard)

    def delete_collection(self, name: str) -> None:
        """The application drops a collection, with all that is in it."""
        self.cluster.collections.pop(name, None)
        self.data.acknowledged = {key: ids for key, ids in self.data.acknowledged.items() if key[0] != name}
        self.data.wanted = {key: status for key, status in self.data.wanted.items() if key[0] != name}
        self.data.held = {key: ids for key, ids in self.data.held.items() if key[0] != name}

    def write_everywhere(self) -> None:
        """One more document into every shard."""
        for collection in list(self.cluster.collections.values()):
            for shard in collection.replicas:
                self.data.write(collection.name, shard)

    def copy_as_somebody_else(self, shard: str, target: str) -> None:
        """A copy that the operator knows nothing of, where Weaviate allows one."""
        source = next(iter(self.cluster.collections["Ticket"].replicas.get(shard, [])), None)
        node = self.cluster.nodes.get(target)
        active = [m for m in self.cluster.movements.values() if (m.shard, m.target) == (shard, target)]
        if source is None or node is None or not node.in_raft or active:
            return
        body = {"collection": "Ticket", "shard": shard, "sourceNode": source, "targetNode": target, "type": "COPY"}
        with contextlib.suppress(Refusal):
            self.data.foreign.add(self.cluster.start_copy(body, self.now))

    def tidy_foreign(self) -> None:
        """Whoever has begun a movement deletes it once it has ended."""
        for movement in list(self.cluster.movements.values()):
            if movement.id in self.data.foreign and is_settled(movement) and not movement.scheduled_for_delete:
                self.cluster.cancel(movement.id, self.now, delete=True)

    def _load(self) -> Any:
        if self.blind:
            return Unknown(reason=Reason.METRICS_UNAVAILABLE, message="no answer")
        late = 0.1 if self.late else 0.0
        if any(not is_settled(movement) for movement in self.cluster.movements.values()):
            self.hurt_until = self.now + 40
        if self.hurt and self.now < self.hurt_until and not self.late:
            lately = Instant(queries_per_second=17.0, bad_fraction=0.1)
            return load(short=window(60, 1000.0, 0.1), missed_seconds=90.0, p99_milliseconds=900.0, instant=lately)
        return load(bad=late, instant=Instant(queries_per_second=17.0, bad_fraction=late))

    def _tools(self, term: int, *, leads_weaviate: bool = True) -> Tools:
        client = Weaviate(self.data, self.fuse, lambda: leads_weaviate, self.now, self.rules)
        return Tools(
            kubernetes=Kubernetes(self.store, self.fuse, lambda: True),  # type: ignore[arg-type]
            weaviate=lambda: client,  # type: ignore[arg-type, return-value]
            cluster_port=lambda: client,  # type: ignore[arg-type, return-value]
            warm=lambda _client, _action: _WARM,
            background=AtOnce(),
            wake=lambda: None,
            term=Term(term, f"operator-{term}"),
            now=self.now,
        )

    def _advance(self, seconds: float) -> None:
        self.now += seconds
        self.store.advance(self.now)
        self._follow_pods()
        self.cluster.leave_dead(self.now, LEAVE_SECONDS)
        self.data.step(self.now)

    def _follow_pods(self) -> None:
        """A node of Weaviate runs while its pod's container does. One that comes back has what it had."""
        running = {pod.name for pod in self.store.pods.values() if pod.started_at is not None}
        for name in sorted(running):
            node = self.cluster.nodes.setdefault(name, FakeNode(name, voter=name == f"{WORKLOAD}-0", running=False))
            if not node.running:
                node.running, node.member, node.in_raft, node.ended_at = True, True, True, None
        for node in self.cluster.nodes.values():
            if node.running and node.name not in running:
                node.running, node.ended_at = False, self.now
