"""A tiny pure model of Kubernetes and Weaviate, to run plans against.

Pods start, get ready and join one tick after another; movements go from state to state; the journal is written after
the effect, so that a crash between the two is a tick whose journal is not written.
"""

from dataclasses import dataclass, field
from typing import Literal

from tests.unit.decide.builders import NOW, OBJECTS, load, node, pod, window
from vectortier.act import entries
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal, OperationKind, Result
from vectortier.model.load import Load
from vectortier.model.observation import Identity, Observation
from vectortier.model.plan import (
    Action,
    ActivateTenant,
    AdoptCopy,
    BeginOperation,
    CompleteStep,
    DeleteMovement,
    DropCopy,
    EndOperation,
    ExtendOperation,
    JournalStep,
    LowerFactor,
    Plan,
    PurgeVolume,
    RaiseFactor,
    RemoveFromRaft,
    RemoveNode,
    RestartNode,
    RestoreTenant,
    SetNodes,
    StartCopy,
    WarmNode,
)
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Collection, Database, Member, Movement, RaftMember, Shard, ShardOnNode
from vectortier.model.workload import Pod, Volume, Workload

STATES = ("REGISTERED", "HYDRATING", "FINALIZING", "INTEGRATING", "READY")
Crash = Literal["before", "between"]


@dataclass
class World:
    """One tier. `copies_to_cancel`: how many movements Weaviate gives up before one succeeds."""

    spec: VectorTierSpec
    collections: dict[str, dict[str, list[str]]]
    """Collection, shard, nodes that hold it."""
    now: float = NOW
    desired: int = 1
    schedulable: bool = True
    copies_to_cancel: int = 0
    refused_by: str = ""
    """A node, every movement to which is cancelled."""
    looks_per_state: int = 1
    """How many looks a movement stays in one state."""
    looks: int = 0
    serving_enough: int = 2
    """As long as fewer nodes serve, the promise is missed."""
    hurt: float = 0.0
    """The share of searches that is late while a copy is made, and for ten seconds more, in the short window."""
    hurt_until: float = 0.0
    carries_out: tuple[OperationKind, ...] = tuple(OperationKind)
    generation: int = 1
    born: dict[str, float] = field(default_factory=lambda: {node(0): NOW - 86_400.0})
    factor: dict[str, int] = field(default_factory=dict)
    tenants: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of multi-tenant collections, what each tenant is."""
    movements: dict[str, Movement] = field(default_factory=dict)
    raft: set[str] = field(default_factory=set)
    """Everybody who ever joined and was not removed."""
    volumes: dict[str, bool] = field(default_factory=dict)
    """By node: whether it was left by one that was taken away."""
    stuck_volumes: bool = False
    """Whether something keeps claims from going."""
    warmed: dict[str, int] = field(default_factory=dict)
    """For how many looks each node was warmed; it takes two."""
    outdated: set[str] = field(default_factory=set)
    """Nodes that started before the last change of the spec."""
    journal: Journal = field(default_factory=Journal)
    actions: list[Action] = field(default_factory=list)
    started: int = 0
    most_active: int = 0
    """Movements that were under way at the same time."""

    def tick(self, crash: Crash | None = None, seconds: float = 2.0) -> Plan:
        """Time passes, the tier is looked at once, and the plan is carried out, unless there is a crash."""
        self.now += seconds
        self.looks += 1
        self._advance()
        observed = self.observe()
        plan = decide(self.spec, observed, self.now)
        if crash == "before":
            return plan
        before = self.journal
        target = before if plan.serving is None else before.model_copy(update={"serving": plan.serving})
        after = self._carry_out(plan.action, target) if plan.action is not None else target
        if plan.action is not None:
            self.actions.append(plan.action)
        if crash != "between":
            self.journal = after
        return plan

    def run(self, ticks: int, crashes: dict[int, Crash] | None = None, seconds: float = 2.0) -> list[Plan]:
        """Several ticks; `crashes` says at which of them, counted from 0."""
        return [self.tick((crashes or {}).get(i), seconds) for i in range(ticks)]

    def observe(self) -> Observation:
        """What the operator sees."""
        short_of_copies = len(self.journal.serving) < self.serving_enough
        return Observation(
            now=self.now,
            tier=Identity(namespace="search", name="t", uid="tier-uid", generation=self.generation),
            workload=Workload(
                stateful_set_exists=True,
                desired_nodes=self.desired,
                pods=tuple(self._pod(i) for i in range(self.desired)),
                gateway_ready_replicas=1,
                gateway_desired_replicas=1,
                volumes=tuple(Volume(name=f"data-{n}", uid=f"claim-{n}", node=n) for n in sorted(self.volumes)),
            ),
            database=self._database(),
            load=self._load(0.1 if short_of_copies else 0.0),
            journal=self.journal,
            carries_out=self.carries_out,
        )

    def _load(self, bad: float) -> Load:
        if any(m.state not in {"READY", "CANCELLED"} for m in self.movements.values()):
            self.hurt_until = self.now + 10
        if not self.hurt or self.now > self.hurt_until:
            return load(bad=bad)
        return load(bad=bad, short=window(60, 1000.0, self.hurt), missed_seconds=60.0, p99_milliseconds=400.0)

    def replicas(self, collection: str, shard: str) -> list[str]:
        """Who holds a shard."""
        return self.collections[collection][shard]

    def _pod(self, ordinal: int) -> Pod:
        born = self.born.get(node(ordinal))
        if born is None or (ordinal > 0 and not self.schedulable):
            text = "0/1 nodes are available: 1 Insufficient cpu."
            stuck = {"scheduled": False, "scheduling_message": text} if not self.schedulable else {}
            return pod(ordinal, phase="Pending", ready=False, started_at=None, ip=None, ready_since=self.now, **stuck)
        old = node(ordinal) in self.outdated
        return pod(ordinal, ready=self.now - born >= 4, started_at=born, ready_since=born + 4, outdated=old)

    def _joined(self) -> list[str]:
        names = [node(i) for i in range(self.desired)]
        usable = self.schedulable or len(names) == 1
        return [n for n in names if n in self.born and self.now - self.born[n] >= 2 and (usable or n == node(0))]

    def _database(self) -> Database:
        joined = self._joined()
        return Database(
            members=tuple(Member(name=n, status="HEALTHY", version="1.39.3", shards=self._held(n)) for n in joined),
            raft=tuple(RaftMember(id=n, voter=n == node(0)) for n in sorted(self.raft)),
            collections=tuple(
                Collection(
                    name=name,
                    factor=self.factor.get(name, 1),
                    multi_tenant=name in self.tenants,
                    shards=tuple(
                        Shard(name=s, replicas=tuple(on), tenant_status=self.tenants.get(name, {}).get(s))
                        for s, on in shards.items()
                    ),
                )
                for name, shards in self.collections.items()
            ),
            movements=tuple(self.movements.values()),
        )

    def _held(self, name: str) -> tuple[ShardOnNode, ...]:
        return tuple(
            ShardOnNode(collection=c, shard=s, object_count=OBJECTS)
            for c, shards in self.collections.items()
            for s, on in shards.items()
            if name in on and self.tenants.get(c, {}).get(s, "HOT") == "HOT"
        )

    def _advance(self) -> None:
        for i in range(self.desired):
            self.born.setdefault(node(i), self.now)
            self.volumes.setdefault(node(i), False)
        self.raft.update(self._joined())
        for key, m in self.movements.items() if self.looks % self.looks_per_state == 0 else ():
            if m.state in {"READY", "CANCELLED"}:
                continue
            cancel = m.state == "HYDRATING" and (self.copies_to_cancel > 0 or m.target == self.refused_by)
            state = "CANCELLED" if cancel else STATES[STATES.index(m.state) + 1]
            self.copies_to_cancel -= cancel and self.copies_to_cancel > 0
            self.movements[key] = m.model_copy(update={"state": state, "state_since": self.now})
            if state == "HYDRATING" and m.collection in self.tenants:
                assert self.tenants[m.collection][m.shard] in {"HOT", "COLD"}, "an offloaded tenant is copied"
                self.tenants[m.collection][m.shard] = "HOT"
            if state == "INTEGRATING":
                self.collections[m.collection][m.shard].append(m.target)

    def _carry_out(self, action: Action, journal: Journal) -> Journal:
        """The effect outside, and the journal that would be written after it."""
        match action:
            case BeginOperation():
                assert journal.operation is None, "an operation is begun while another is under way"
                return entries.begun(journal, action, 1)
            case WarmNode():
                return self._warm(action, journal)
            case ExtendOperation() | JournalStep() | AdoptCopy() | CompleteStep() | EndOperation():
                return entries.noted(journal, action, self.now)
            case _:
                return self._change(action, journal)

    def _warm(self, action: WarmNode, journal: Journal) -> Journal:
        nodes = (action, *action.beside)
        for each in nodes:
            self.warmed[each.node] = self.warmed.get(each.node, 0) + 1
        done = next((each for each in nodes if self.warmed[each.node] >= 2), None)
        return journal if done is None else entries.step_done(journal, done.index, Cost(seconds=1.0), self.now)

    def _change(self, action: Action, journal: Journal) -> Journal:
        match action:
            case SetNodes():
                self._set_nodes(action.nodes)
            case StartCopy():
                return entries.copy_started(journal, action, self._start(action))
            case DeleteMovement():
                self._delete(action)
                return entries.movement_deleted(journal, action)
            case RaiseFactor():
                assert all(len(on) >= action.factor for on in self.collections[action.collection].values())
                self.factor[action.collection] = action.factor
            case RestartNode():
                self._restart(action.pod)
            case _:
                self._take_away(action)
        return journal

    def _delete(self, action: DeleteMovement) -> None:
        movement = self.movements[action.weaviate_operation_id]
        if movement.state in {"READY", "CANCELLED"}:
            del self.movements[movement.id]
            return
        assert action.cancel, "a movement is deleted while it goes on"
        assert movement.state != "INTEGRATING", "Weaviate takes no cancellation any more"
        cancelled = movement.model_copy(update={"state": "CANCELLED", "state_since": self.now})
        self.movements[movement.id] = cancelled

    def _take_away(self, action: Action) -> None:
        match action:
            case LowerFactor():
                self.factor[action.collection] = action.factor
            case DropCopy():
                self._drop_copy(action)
            case ActivateTenant():
                self.tenants[action.collection][action.tenant] = "HOT"
            case RestoreTenant():
                assert (action.collection, action.tenant) not in {
                    (m.collection, m.shard) for m in self.movements.values()
                }, "Weaviate refuses it"
                self.tenants[action.collection][action.tenant] = "COLD"
            case RemoveNode():
                self._remove_node(action)
            case RemoveFromRaft():
                assert action.node not in self._joined(), "a member is removed from raft"
                assert not self._names(action.node), "its shards would be given to nodes that have nothing of them"
                self.raft.discard(action.node)
            case PurgeVolume():
                assert self.volumes.get(action.node, True), "the volume of a node that is to be there"
                if not self.stuck_volumes:
                    self.volumes.pop(action.node, None)

    def _restart(self, name: str) -> None:
        serving = {e.pod for e in self.journal.serving}
        assert name not in serving or serving == {name}, "out of the serving set first"
        assert all(self.now - born >= 4 for other, born in self.born.items() if other != name), "another one is down"
        self.born[name] = self.now
        self.outdated.discard(name)

    def _set_nodes(self, nodes: int) -> None:
        assert nodes >= self.desired, "nodes are only taken away by name"
        for name in (node(i) for i in range(self.desired, nodes)):
            assert not self.volumes.get(name, False) or self._names(name), "a node starts on what another left behind"
        self.desired = nodes

    def _drop_copy(self, action: DropCopy) -> None:
        spreads = self.journal.operation is not None and self.journal.operation.kind is OperationKind.SPREAD
        assert spreads or action.node not in {e.pod for e in self.journal.serving}, "out of the serving set first"
        on = self.replicas(action.collection, action.shard)
        if action.node in on:
            assert len(on) > self.factor.get(action.collection, 1), "Weaviate keeps as many copies as it promises"
            on.remove(action.node)
        assert len(on) >= max(1, action.copies, self.factor.get(action.collection, 1)), "too few copies are left"

    def _remove_node(self, action: RemoveNode) -> None:
        assert action.node not in {e.pod for e in self.journal.serving}, "out of the serving set first, then it goes"
        assert not self._names(action.node), "a node goes with what nobody else may have"
        if self.desired > action.nodes:
            assert node(self.desired - 1) == action.node, "only the youngest can go"
            self.desired = action.nodes
            self.volumes[action.node] = True
            self.born.pop(action.node, None)

    def _names(self, name: str) -> bool:
        return any(name in on for shards in self.collections.values() for on in shards.values())

    def _start(self, action: StartCopy) -> str:
        assert action.target not in self.replicas(action.collection, action.shard), "the copy exists"
        assert action.source in self.replicas(action.collection, action.shard), "the source has nothing to copy"
        assert action.target not in {m.target for m in self.movements.values()}, (
            "one movement to a node at a time, and finished ones are deleted first"
        )
        assert action.source not in {m.target for m in self.movements.values()}, "the source is not whole yet"
        assert action.target in self._joined(), "Weaviate never ends a movement to a node that it does not know"
        self.started += 1
        key = f"movement-{self.started}"
        self.movements[key] = Movement(
            id=key,
            collection=action.collection,
            shard=action.shard,
            source=action.source,
            target=action.target,
            kind="COPY",
            state="REGISTERED",
            state_since=self.now,
        )
        active = sum(m.state not in {"READY", "CANCELLED"} for m in self.movements.values())
        self.most_active = max(self.most_active, active)
        return key


def last_result(journal: Journal | Unknown) -> Result | None:
    """How the last operation ended."""
    assert not isinstance(journal, Unknown)
    return journal.history[-1].result if journal.history else None
