"""What the fake Weaviate remembers: nodes, collections, copies, movements. tests/contract holds it to the real one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

VERSION = "1.39.3"
MOST_ERRORS = 50
"""After so many in one state a movement is cancelled."""
STATES = ("REGISTERED", "HYDRATING", "FINALIZING", "INTEGRATING", "READY")
SETTLED = ("READY", "CANCELLED")


@dataclass
class FakeNode:
    """A node. `member`: memberlist knows it. `in_raft`: raft's configuration lists it, also when it is gone."""

    name: str
    voter: bool = False
    version: str = VERSION
    running: bool = True
    member: bool = True
    in_raft: bool = True
    status: str = "HEALTHY"
    ended_at: float | None = None
    """When the process died; None while it runs."""


@dataclass
class FakeCollection:
    """A collection: `replicas` maps each shard to the nodes that hold a copy, `objects` to its stored objects."""

    name: str
    replicas: dict[str, list[str]]
    objects: dict[str, list[dict[str, object]]]
    factor: int = 1
    multi_tenant: bool = False
    deletion_strategy: str = "TimeBasedResolution"
    read_only: set[str] = field(default_factory=set)
    tenants: dict[str, str] = field(default_factory=dict)
    """What tenants are that are not HOT."""
    empty: set[tuple[str, str]] = field(default_factory=set)
    """(shard, node) of copies that hold none of the shard's objects."""


@dataclass
class FakeMovement:
    """A replica movement, as listed."""

    id: str
    collection: str
    shard: str
    source: str
    target: str
    kind: str
    started: float
    state: str = "REGISTERED"
    state_started: float | None = None
    errors: list[tuple[str, float]] = field(default_factory=list)
    """What failed, and when."""
    interrupted: bool = False
    """Its target ended while it was copied to: the source refuses to begin for it again."""
    scheduled_for_delete: bool = False
    wait_from: float = 0.0


class Refusal(Exception):  # noqa: N818 it is what Weaviate says, not a defect
    """Weaviate's refusal: status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class FakeCluster:
    """The state of a fake Weaviate cluster. Not locked: the server around it does that."""

    def __init__(self, new_id: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._new_id = new_id
        self.nodes: dict[str, FakeNode] = {}
        self.collections: dict[str, FakeCollection] = {}
        self.movements: dict[str, FakeMovement] = {}
        self.counts: dict[tuple[str, str, str], int] = {}
        """Lies: (node, collection, shard) to the object count that the node reports."""
        self.copy_errors: list[str] = []
        """Not empty: the next copies fail with these errors and end CANCELLED."""
        self.lose_copies = False
        """Copies end READY without a replica."""
        self.started_copies: list[tuple[str, str, str]] = []
        """(collection, shard, target) of every copy that was ever accepted, to see whether one was doubled."""
        self.dropped_copies: list[tuple[str, str, str]] = []
        """(collection, shard, node) of every copy that was ever dropped, for the same reason."""
        self.forgotten_nodes: list[str] = []
        """Every node that raft was made to forget, for the same reason."""

    @property
    def leader(self) -> str | None:
        """The first voter that runs; with half of the voters gone there is none."""
        voters = [n for n in self.nodes.values() if n.voter and n.in_raft]
        alive = [n.name for n in voters if n.running and n.member]
        return alive[0] if alive and len(alive) * 2 > len(voters) else None

    def count(self, node: str, collection: FakeCollection, shard: str) -> int:
        """How many objects the node says that its copy has."""
        has = 0 if (shard, node) in collection.empty else len(collection.objects[shard])
        return self.counts.get((node, collection.name, shard), has)

    def leave_dead(self, now: float, after: float) -> None:
        """Memberlist forgets the nodes that have been dead for that long."""
        for node in self.nodes.values():
            if node.ended_at is not None and now - node.ended_at >= after:
                node.member = False

    def start_copy(self, body: dict[str, str], now: float) -> str:
        collection = self.collections.get(body["collection"])
        source, target, shard = body["sourceNode"], body["targetNode"], body["shard"]
        if source == target:
            raise Refusal(422, "invalid request: source and target node are the same: bad request")
        if collection is None:
            raise Refusal(422, f"invalid request: collection {body['collection']} does not exists: class not found")
        if shard not in collection.replicas:
            raise Refusal(422, "invalid request: shard not found")
        what = f"shard {shard} for collection {collection.name}"
        if source not in collection.replicas[shard]:
            raise Refusal(422, f"invalid request: could not find {what} on source node {source}: node not found")
        if target in collection.replicas[shard]:
            already = f"shard {shard} already exist for collection {collection.name} on target node {target}"
            raise Refusal(422, f"invalid request: {already}: already exists")
        # Neither a copy that runs already nor a target that nobody knows is refused: the real one is as lax.
        movement = FakeMovement(self._new_id(), collection.name, shard, source, target, body["type"], now)
        movement.wait_from = now
        self.movements[movement.id] = movement
        self.started_copies.append((collection.name, shard, target))
        return movement.id

    def cancel(self, movement_id: str, now: float, delete: bool = False) -> None:
        movement = self.movements.get(movement_id)
        if movement is None:
            return
        if movement.state == "INTEGRATING":
            raise Refusal(409, "deletion impossible" if delete else "cancellation impossible")
        movement.scheduled_for_delete |= delete
        if movement.state not in SETTLED and self._runs(movement.target):
            self._enter(movement, "CANCELLED", now)

    def set_tenant(self, name: str, tenant: str, status: str) -> None:
        """As the real one: refused while the tenant is moved, or a movement of it is about to be deleted."""
        moving = [m for m in self.movements.values() if (m.collection, m.shard) == (name, tenant)]
        blocked = any(m.state not in SETTLED or m.scheduled_for_delete for m in moving)
        if blocked and status != "HOT":
            what = f'replica movement in progress: tenant "{tenant}" status change to {status} blocked'
            raise Refusal(422, f"updating schema: TYPE_UPDATE_TENANT: {what}; retry after movement completes")
        self.collections[name].tenants[tenant] = status

    def is_loaded(self, collection: FakeCollection, shard: str) -> bool:
        """Whether its nodes report the shard."""
        return collection.tenants.get(shard, "HOT") == "HOT"

    def set_factor(self, name: str, factor: int) -> None:
        """Copies beyond a lower factor stay; a higher one is refused until the copies are there."""
        collection = self.collections[name]
        for shard, replicas in collection.replicas.items():
            if collection.factor < factor and len(replicas) < factor:
                raise Refusal(
                    422,
                    f'not enough replicas in shard "{shard}" to increase replication factor to {factor} '
                    f'for class "{name}"',
                )
        collection.factor = factor

    def step(self, now: float, waited: float = 0.0) -> None:
        """Takes every movement that has waited long enough one state further."""
        for movement in list(self.movements.values()):
            if not self._runs(movement.target):
                movement.interrupted |= movement.state == "HYDRATING"
            elif now - movement.wait_from >= waited:
                self._advance(movement, now)

    def _advance(self, movement: FakeMovement, now: float) -> None:
        if movement.scheduled_for_delete:
            del self.movements[movement.id]
        elif movement.state == "REGISTERED" and self._is_offloaded(movement):
            movement.errors.append(("tenant status change to HOT blocked", now))
            self._enter(movement, "CANCELLED", now)
        elif movement.state == "HYDRATING" and self.copy_errors:
            movement.errors = [(message, now) for message in self.copy_errors]
            self._enter(movement, "CANCELLED", now)
        elif movement.state == "HYDRATING" and (why := self._why_not_copied(movement)) is not None:
            movement.errors.append((why, now))
            if len(movement.errors) >= MOST_ERRORS:
                self._enter(movement, "CANCELLED", now)
        elif movement.state == "INTEGRATING" and not all(n.running for n in self.nodes.values() if n.in_raft):
            return
        elif movement.state not in SETTLED:
            self._enter(movement, STATES[STATES.index(movement.state) + 1], now)

    def _enter(self, movement: FakeMovement, state: str, now: float) -> None:
        found = self.collections.get(movement.collection)
        if state == "HYDRATING" and found is not None and found.multi_tenant:
            found.tenants[movement.shard] = "HOT"
        movement.state, movement.state_started, movement.wait_from = state, now, now
        if state == "INTEGRATING" and not self.lose_copies:
            collection = self.collections.get(movement.collection)
            if collection is not None and movement.target not in collection.replicas[movement.shard]:
                collection.replicas[movement.shard].append(movement.target)
                if (movement.shard, movement.source) in collection.empty:
                    collection.empty.add((movement.shard, movement.target))

    def _why_not_copied(self, movement: FakeMovement) -> str | None:
        if not self._runs(movement.source):
            return f"failed to download files: node {movement.source} not reachable"
        if movement.interrupted:
            return f"start change capture on {movement.source}: open changelog: file exists"
        return None

    def _is_offloaded(self, movement: FakeMovement) -> bool:
        found = self.collections.get(movement.collection)
        return found is not None and found.tenants.get(movement.shard, "HOT") not in ("HOT", "COLD")

    def _runs(self, name: str) -> bool:
        return name in self.nodes and self.nodes[name].running
