"""Kubernetes and Weaviate around the nodes of a played tier, as far as the operator's observations show them."""

from dataclasses import dataclass, field

from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.look import node_name
from vectortier.model.journal import Journal, ServingEndpoint
from vectortier.model.plan import DropCopy, StartCopy
from vectortier.model.weaviate import Collection, Database, Member, Movement, RaftMember, Shard, ShardOnNode
from vectortier.model.workload import Pod, Workload
from vectortier.played.outside import Node, Outside, Transfer

TIER, NAMESPACE, COLLECTION = "tier", "played", "Documents"
UP_BEFORE_SECONDS = 86_400.0
OBJECTS_PER_SHARD = 1_000_000


def name_of(node: Node) -> str:
    """The node's name, which is also its pod's."""
    return node_name(TIER, node.ordinal)


@dataclass
class Copying:
    """A movement that Weaviate knows, and the bytes behind it."""

    asked: StartCopy
    transfer: Transfer

    def is_ready(self, now: float) -> bool:
        """Whether all bytes have arrived."""
        return self.transfer.ends <= now


@dataclass
class World:
    """One collection, whose shards all have the same number of copies at first. Times are the tier's; `epoch` is its
    time 0 in Unix seconds, so that the operator's times are not negative."""

    spec: VectorTierSpec
    tier: Outside
    epoch: float
    factor: int = 0
    journal: Journal = field(default_factory=Journal)
    movements: dict[str, Copying] = field(default_factory=dict)
    started: int = 0
    """Movements that were ever begun; the last one's number is its id."""
    held: dict[str, list[str]] = field(default_factory=dict)
    """The nodes that hold each shard."""
    changes: int = 0
    """How often `held` was changed otherwise than by a movement."""

    @classmethod
    def around(cls, spec: VectorTierSpec, tier: Outside, epoch: float, shards: int, holders: int) -> "World":
        """A tier whose first nodes have served for a day."""
        names = [name_of(node) for node in tier.nodes[:holders]]
        world = cls(spec, tier, epoch, factor=len(names), held={f"shard-{i}": list(names) for i in range(shards)})
        world.journal = Journal(serving=tuple(world.endpoint(node) for node in tier.nodes[:holders]))
        return world

    def endpoint(self, node: Node) -> ServingEndpoint:
        """The node as the gateway reaches it."""
        return ServingEndpoint(pod=name_of(node), ip=_address(node), started_at=self._started_at(node))

    def place(self, names: list[str]) -> None:
        """Have every shard on these nodes, whoever brought it there."""
        for shard, holders in self.held.items():
            if set(holders) != set(names):
                self.held[shard] = [n for n in holders if n in names] + [n for n in names if n not in holders]
                self.changes += 1

    def set_nodes(self, count: int, now: float) -> None:
        """Have so many nodes. Those that go take their copies along, and the factor is what is left of them."""
        while len(self.tier.nodes) < count:
            self.tier.add_node(now)
        while len(self.tier.nodes) > count:
            self.tier.drop_node(now)
        names = {name_of(node) for node in self.tier.nodes}
        for shard, holders in self.held.items():
            if not names.issuperset(holders):
                self.held[shard] = [name for name in holders if name in names]
                self.changes += 1
        self.factor = min([self.factor, *(len(holders) for holders in self.held.values())])

    def drop_copy(self, asked: DropCopy) -> None:
        """Have a node hold one shard less."""
        self.held[asked.shard] = [name for name in self.held[asked.shard] if name != asked.node]
        self.changes += 1

    def node(self, name: str) -> Node:
        """The node of that name. Raises KeyError."""
        for node in self.tier.nodes:
            if name_of(node) == name:
                return node
        raise KeyError(name)

    def start_copy(self, asked: StartCopy, now: float) -> str | None:
        """Begin a movement; its id. None: Weaviate refuses, as its target does not run."""
        if not any(name_of(node) == asked.target and node.runs_at <= now for node in self.tier.nodes):
            return None
        self.started += 1
        key = f"movement-{self.started}"
        self.movements[key] = Copying(asked, self.tier.copy_shard(self.node(asked.target).ordinal, now))
        return key

    def settle(self, now: float) -> None:
        """Let finished movements show in the placement. Nodes that are gone have taken theirs along."""
        there = {name_of(node) for node in self.tier.nodes}
        self.movements = {key: m for key, m in self.movements.items() if m.asked.target in there}
        for copying in self.movements.values():
            holders = self.held[copying.asked.shard]
            if copying.is_ready(now) and copying.asked.target not in holders:
                holders.append(copying.asked.target)

    def state(self, now: float) -> tuple[object, ...]:
        """Differs whenever `workload` or `database` do."""
        running = tuple(node.runs_at <= now for node in self.tier.nodes)
        moving = tuple((key, copying.is_ready(now)) for key, copying in self.movements.items())
        return running, moving, self.factor, self.changes

    def workload(self, now: float) -> Workload:
        """What Kubernetes says."""
        return Workload(
            stateful_set_exists=True,
            desired_nodes=len(self.tier.nodes),
            pods=tuple(self._pod(node, now) for node in self.tier.nodes),
            gateway_ready_replicas=1,
            gateway_desired_replicas=1,
        )

    def database(self, now: float) -> Database:
        """What Weaviate says."""
        running = [node for node in self.tier.nodes if node.runs_at <= now]
        voters = self.spec.weaviate.raft_voters
        return Database(
            members=tuple(self._member(name_of(node)) for node in running),
            raft=tuple(RaftMember(id=name_of(node), voter=node.ordinal < voters) for node in running),
            collections=(
                Collection(
                    name=COLLECTION,
                    factor=self.factor,
                    shards=tuple(Shard(name=shard, replicas=tuple(on)) for shard, on in self.held.items()),
                ),
            ),
            movements=tuple(self._movement(key, copying, now) for key, copying in self.movements.items()),
        )

    def _member(self, name: str) -> Member:
        shards = tuple(
            ShardOnNode(collection=COLLECTION, shard=shard, object_count=OBJECTS_PER_SHARD)
            for shard, on in self.held.items()
            if name in on
        )
        return Member(name=name, status="HEALTHY", version=self.spec.weaviate.version, shards=shards)

    def _pod(self, node: Node, now: float) -> Pod:
        name, uid = name_of(node), f"pod-{node.ordinal}-{node.ordered_at}"
        if node.runs_at > now:
            since = self.epoch + node.ordered_at
            return Pod(name=name, uid=uid, ordinal=node.ordinal, phase="Pending", ready_since=since)
        return Pod(
            name=name,
            uid=uid,
            ordinal=node.ordinal,
            ip=_address(node),
            phase="Running",
            ready=True,
            started_at=self._started_at(node),
            ready_since=self._started_at(node),
        )

    def _started_at(self, node: Node) -> float:
        return self.epoch + max(node.runs_at, -UP_BEFORE_SECONDS)

    def _movement(self, key: str, copying: Copying, now: float) -> Movement:
        ready = copying.is_ready(now)
        return Movement(
            id=key,
            collection=copying.asked.collection,
            shard=copying.asked.shard,
            source=copying.asked.source,
            target=copying.asked.target,
            kind="COPY",
            state="READY" if ready else "HYDRATING",
            state_since=self.epoch + (copying.transfer.ends if ready else copying.transfer.starts),
        )


def _address(node: Node) -> str:
    return f"198.18.0.{node.ordinal + 1}"
