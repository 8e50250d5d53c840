"""Weaviate as far as the operator sees and changes it: the fake's state, and what each copy really holds."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.weaviate_leaving import remove_from_raft, scale
from tests.fakes.weaviate_state import SETTLED, VERSION, FakeCluster, FakeCollection, FakeMovement, FakeNode, Refusal
from tests.model.died import Fuse
from vectortier.clients.errors import ClientError, NotFound, Refused, Unavailable, Unreachable
from vectortier.model.weaviate import (
    Collection,
    Database,
    Member,
    Movement,
    MovementError,
    RaftMember,
    Shard,
    ShardOnNode,
)

Copy = tuple[str, str, str]
"""Collection, shard, node."""


@dataclass
class Data:
    """What is stored where, and what was acknowledged."""

    cluster: FakeCluster
    held: dict[Copy, set[int]] = field(default_factory=dict)
    acknowledged: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    documents: int = 0
    short_copies: bool = False
    """Whether copies that the operator asks for lack something."""
    foreign: set[str] = field(default_factory=set)
    """Movements that somebody else has begun."""
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)
    """Collection, tenant: what the application has last made of it, where that is not HOT."""

    def set_tenant(self, collection: str, tenant: str, status: str) -> None:
        """By the application, where Weaviate lets it."""
        found = self.cluster.collections.get(collection)
        if found is None or tenant not in found.replicas or found.tenants.get(tenant, "HOT") == status:
            return
        with contextlib.suppress(Refusal):
            self.cluster.set_tenant(collection, tenant, status)
            self.wanted[collection, tenant] = status

    def write(self, collection: str, shard: str) -> bool:
        """One more document, to every copy whose node runs; acknowledged when these are most of the copies. A tenant
        takes none while it is not HOT."""
        if not self.cluster.is_loaded(self.cluster.collections[collection], shard):
            return False
        replicas = self.cluster.collections[collection].replicas[shard]
        alive = [name for name in replicas if self._runs(name)]
        if 2 * len(alive) <= len(replicas):
            return False
        self.documents += 1
        for name in alive:
            self.held.setdefault((collection, shard, name), set()).add(self.documents)
        self.acknowledged.setdefault((collection, shard), set()).add(self.documents)
        return True

    def step(self, now: float) -> None:
        """Movements go on, new copies get what their sources hold, copies that differ are repaired."""
        before = {key: set(replicas) for key, replicas in self._replicas()}
        self.cluster.step(now)
        for (collection, shard), replicas in self._replicas():
            for name in set(replicas) - before.get((collection, shard), set(replicas)):
                self._fill(collection, shard, name)
        self._repair()
        self._forget_dropped()

    def _fill(self, collection: str, shard: str, target: str) -> None:
        for m in self.cluster.movements.values():
            if (m.collection, m.shard, m.target) == (collection, shard, target):
                whole = self.held.get((collection, shard, m.source), set())
                kept = sorted(whole)[:-1] if self.short_copies and m.id not in self.foreign else whole
                self.held[collection, shard, target] = set(kept)

    def _repair(self) -> None:
        """As Weaviate does from 1.38.2 on: also where the collection promises a single copy and there are more, which
        is how it is between a lower factor and the drop (`asyncReplicationEnabledForShard`). A copy that lacked
        something there for ever would keep its node for ever."""
        for (collection, shard), replicas in self._replicas():
            asleep = not self.cluster.is_loaded(self.cluster.collections[collection], shard)
            if len(replicas) < 2 or asleep or self.short_copies:
                continue
            alive = [(collection, shard, name) for name in replicas if self._runs(name)]
            everything = set().union(*(self.held.get(copy, set()) for copy in alive))
            for copy in alive:
                self.held[copy] = set(everything)

    def _forget_dropped(self) -> None:
        """What no placement names any more is deleted from its node's disk."""
        named = {(*key, name) for key, replicas in self._replicas() for name in replicas}
        self.held = {copy: documents for copy, documents in self.held.items() if copy in named}

    def _replicas(self) -> list[tuple[tuple[str, str], list[str]]]:
        found = self.cluster.collections.values()
        return [((c.name, shard), replicas) for c in found for shard, replicas in c.replicas.items()]

    def _runs(self, name: str) -> bool:
        node = self.cluster.nodes.get(name)
        return node is not None and node.running


def observed(data: Data, backup: bool) -> Database | None:
    """What the leader says; None: nobody leads."""
    cluster = data.cluster
    if cluster.leader is None:
        return None
    return Database(
        members=members(data),
        raft=tuple(RaftMember(id=n.name, voter=n.voter) for n in cluster.nodes.values() if n.in_raft),
        collections=tuple(_collection(c) for c in cluster.collections.values()),
        movements=tuple(_movement(m) for m in cluster.movements.values()),
        backup_running=backup,
        leader=cluster.leader,
    )


def members(data: Data) -> tuple[Member, ...]:
    """Those that memberlist knows, with what their copies hold."""
    return tuple(_member(data, node) for node in data.cluster.nodes.values() if node.member)


def _member(data: Data, node: FakeNode) -> Member:
    shards = tuple(
        ShardOnNode(collection=c.name, shard=s, object_count=len(data.held.get((c.name, s, node.name), ())))
        for c in data.cluster.collections.values()
        for s, replicas in c.replicas.items()
        if node.name in replicas and data.cluster.is_loaded(c, s)
    )
    status = node.status if node.running else "UNAVAILABLE"
    return Member(name=node.name, status=status, version=VERSION, shards=shards if node.running else ())


def _collection(found: FakeCollection) -> Collection:
    tenant = {name: found.tenants.get(name, "HOT") if found.multi_tenant else None for name in found.replicas}
    shards = tuple(Shard(name=n, replicas=tuple(on), tenant_status=tenant[n]) for n, on in found.replicas.items())
    return Collection(name=found.name, factor=found.factor, multi_tenant=found.multi_tenant, shards=shards)


def _movement(found: FakeMovement) -> Movement:
    return Movement(
        id=found.id,
        collection=found.collection,
        shard=found.shard,
        source=found.source,
        target=found.target,
        kind=found.kind,
        state=found.state,
        errors=tuple(MovementError(message=message, at=at) for message, at in found.errors),
        state_since=found.started if found.state_started is None else found.state_started,
        deleting=found.scheduled_for_delete,
    )


class Weaviate:
    """The client of one operator, in the shape of `vectortier.clients.weaviate.Weaviate`, and its cluster port."""

    def __init__(self, data: Data, fuse: Fuse, leads: Callable[[], bool], now: float, watch: "Watch") -> None:
        self._data, self._fuse, self._leads, self._now, self._watch = data, fuse, leads, now, watch
        self._cluster = data.cluster

    def close(self) -> None:
        """Nothing to close."""

    def members(self) -> tuple[Member, ...]:
        return members(self._data)

    def collections(self) -> tuple[Collection, ...]:
        return tuple(_collection(c) for c in self._cluster.collections.values())

    def shards(self, collection: str) -> tuple[Shard, ...]:
        return _collection(self._class(collection)).shards

    def tenants(self, collection: str) -> dict[str, str]:
        found = self._class(collection)
        return {name: found.tenants.get(name, "HOT") for name in found.replicas}

    def set_tenant(self, collection: str, tenant: str, status: str) -> None:
        self._send(
            lambda: self._cluster.set_tenant(collection, tenant, status),
            lambda: self._watch.changing(collection, tenant, status),
        )

    def movements(self) -> tuple[Movement, ...]:
        return tuple(_movement(m) for m in self._cluster.movements.values())

    def movement(self, movement_id: str) -> Movement:
        if movement_id not in self._cluster.movements:
            raise NotFound(movement_id)
        return _movement(self._cluster.movements[movement_id])

    def copy_shard(self, shard: tuple[str, str], source: str, target: str) -> str:
        body = {"collection": shard[0], "shard": shard[1], "sourceNode": source, "targetNode": target, "type": "COPY"}
        return str(
            self._send(
                lambda: self._cluster.start_copy(body, self._now), lambda: self._watch.copying(shard, source, target)
            )
        )

    def delete_movement(self, movement_id: str) -> None:
        self._send(lambda: self._cluster.cancel(movement_id, self._now, delete=True))

    def drop_copy(self, shard: tuple[str, str], node: str) -> None:
        self._send(
            lambda: scale(self._cluster, shard[0], {shard[1]: [node]}), lambda: self._watch.dropping(shard, node)
        )

    def class_definition(self, collection: str) -> dict[str, Any]:
        return {"class": collection, "replicationConfig": {"factor": self._class(collection).factor}}

    def put_class_definition(self, collection: str, definition: dict[str, Any]) -> None:
        self._send(lambda: self._cluster.set_factor(collection, definition["replicationConfig"]["factor"]))

    def remove(self, node: str) -> None:
        """The cluster port's only call."""
        self._send(lambda: remove_from_raft(self._cluster, node), lambda: self._watch.forgetting(node))

    def _class(self, name: str) -> FakeCollection:
        if name not in self._cluster.collections:
            raise NotFound(name)
        return self._cluster.collections[name]

    def _send(self, change: Callable[[], Any], watch: Callable[[], None] = lambda: None) -> Any:
        if not self._leads():
            raise Refused("not tried, since this process does not lead")
        if self._cluster.leader is None:
            raise Unreachable("nobody leads")
        watch()
        self._fuse.burn()
        try:
            answer = change()
        except Refusal as refusal:
            raise _error(refusal) from refusal
        self._fuse.burn()
        if self._watch.answer_is_lost():
            raise Unreachable("no answer")
        return answer


class Watch:
    """Asked right before each change of Weaviate, to find what must never be asked for."""

    def copying(self, shard: tuple[str, str], source: str, target: str) -> None:
        """A copy is about to be asked for."""

    def dropping(self, shard: tuple[str, str], node: str) -> None:
        """A copy is about to be dropped."""

    def changing(self, collection: str, tenant: str, status: str) -> None:
        """A tenant is about to be changed."""

    def forgetting(self, node: str) -> None:
        """Raft is about to be told to forget a node."""

    def answer_is_lost(self) -> bool:
        """Whether the answer to what was just done gets lost."""
        return False


def _error(refusal: Refusal) -> ClientError:
    if refusal.status == 404:
        return NotFound(refusal.message, 404)
    return (Unavailable if refusal.status >= 500 else Refused)(refusal.message, refusal.status)


def is_settled(movement: FakeMovement) -> bool:
    """Whether it goes on no longer."""
    return movement.state in SETTLED
