"""A small model of a tier, apart from the one that judges it: what is put on its nodes, and what can be seen of it.

Each node is a queue with as many servers as cores. Processor time is what was put on a node, cut off at its limit and
read with noise; searches are late by waiting, by a slow node, or by whatever a case adds.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from tests.unit.decide import builders as b
from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.load import CollectionLoad, Utilisation
from vectortier.model.observation import Observation
from vectortier.model.weaviate import Collection, Movement, Shard
from vectortier.simulate.queueing import Queue

FULL = 0.995
NOISE = 0.05
"""Standard deviation of what is read, as a share of it."""
UNEVEN = 0.06
"""Standard deviation of what equal nodes are sent, as a share of it."""


@dataclass
class Node:
    """`searches`, `writes` and `other`: work put on it, as shares of its cores. `slower` multiplies what the first two
    take. `late`: the share of its searches that are late for other reasons than waiting. `weight`: how many it is sent,
    as a multiple of those that it answers."""

    searches: float
    writes: float = 0.0
    other: float = 0.02
    slower: float = 1.0
    late: float = 0.0
    weight: float = 1.0
    status: str = "HEALTHY"
    restarts: int = 0
    up_seconds: float = 86_400.0

    @property
    def demand(self) -> float:
        return (self.searches + self.writes) * self.slower + self.other


@dataclass
class Tier:
    """Nodes alike but for what is put on them. A search may take `patience` times what it takes by itself."""

    nodes: list[Node]
    cores: int
    search_seconds: float
    write_ratio: float
    patience: float
    placed: dict[str, tuple[int, ...]] = field(default_factory=dict)
    tenants: tuple[str, ...] = ()
    rates: dict[str, float] = field(default_factory=dict)
    """Each collection's share of the searches; empty: not told apart."""
    moving: tuple[int, int] | None = None
    backup: bool = False

    @property
    def queries_per_second(self) -> float:
        return sum(n.searches for n in self.nodes) * self.cores / self.search_seconds

    @property
    def writes_per_second(self) -> float:
        """Every copy takes every write, so what one node takes is the tier's."""
        most = max(n.writes for n in self.nodes)
        return most * self.cores / (self.search_seconds * self.write_ratio)

    @property
    def bad(self) -> float:
        """The share of all searches that are late, 0..1."""
        sent = [n.searches * n.weight for n in self.nodes]
        return sum(share * self._late(n) for share, n in zip(sent, self.nodes, strict=True)) / sum(sent)

    def _late(self, node: Node) -> float:
        if node.demand >= 1:
            waiting = 0.9
        else:
            waiting = Queue(self.cores, 0.3).slower_share(self.patience / node.slower, min(FULL, node.demand))
        return 1 - (1 - waiting) * (1 - node.late)


def spec(tier: Tier) -> VectorTierSpec:
    """Bounds that nothing runs into."""
    return b.spec(
        nodes={"min": 1, "max": 20},
        copies={"min": 1, "max": 20},
        weaviate={"resources": {"limits": {"cpu": str(tier.cores)}}},
        slo={"search": {"p99Milliseconds": max(1, round(tier.search_seconds * tier.patience * 1000))}},
    )


def seen(tier: Tier, chance: random.Random) -> Observation:
    """What the operator sees of it."""
    count = len(tier.nodes)
    placed = tier.placed or {"Ticket": tuple(range(count))}
    collections = tuple(_collection(name, held, name in tier.tenants) for name, held in placed.items())
    members = tuple(b.member(i, collections, status=n.status) for i, n in enumerate(tier.nodes))
    pods = tuple(_pod(i, n) for i, n in enumerate(tier.nodes))
    cpu = tuple(
        Utilisation(node=b.node(i), fraction=max(0.0, min(1.0, n.demand * chance.gauss(1, NOISE))))
        for i, n in enumerate(tier.nodes)
    )
    searches, writes = tier.queries_per_second, tier.writes_per_second
    rates = tuple(CollectionLoad(name=n, searches_per_second=r * searches) for n, r in tier.rates.items())
    load = b.load(tier.bad, queries_per_second=searches, writes_per_second=writes, cpu=cpu, collections=rates)
    serving = tuple(
        e.model_copy(update={"started_at": p.started_at}) for e, p in zip(b.serving(*range(count)), pods, strict=True)
    )
    database = b.database(
        count, collections, members=members, movements=_movements(tier, placed), backup_running=tier.backup
    )
    journal = b.observation(count).journal
    return b.observation(
        count,
        workload=b.workload(count, pods=pods),
        database=database,
        load=load,
        journal=journal.model_copy(update={"serving": serving}),
    )


def even(chance: random.Random, count: int, searches: float, writes: float = 0.0) -> Tier:
    """A tier of nodes with about the same work."""
    return Tier(
        nodes=[Node(searches * chance.gauss(1, UNEVEN), writes, chance.uniform(0.0, 0.06)) for _ in range(count)],
        cores=chance.choice([1, 2, 4, 8, 16]),
        search_seconds=chance.uniform(0.002, 0.012),
        write_ratio=chance.uniform(1.8, 4.0),
        patience=chance.uniform(5, 30),
    )


def changed(tier: Tier, ordinal: int, **changes: float | int | str) -> None:
    """One node is different."""
    tier.nodes[ordinal] = replace(tier.nodes[ordinal], **changes)  # type: ignore[arg-type]


def _pod(ordinal: int, node: Node) -> b.Pod:
    started = b.NOW - node.up_seconds
    return b.pod(ordinal, restarts=node.restarts, started_at=started, ready_since=started + 5)


def _collection(name: str, held: tuple[int, ...], tenants: bool) -> Collection:
    if not tenants:
        return b.collection(name, held)
    nodes = [b.node(i) for i in held]
    shards = tuple(Shard(name=f"tenant-{i}", replicas=(node,)) for i, node in enumerate(nodes))
    return Collection(name=name, factor=1, multi_tenant=True, shards=shards)


def _movements(tier: Tier, placed: dict[str, tuple[int, ...]]) -> tuple[Movement, ...]:
    if tier.moving is None:
        return ()
    source, target = (b.node(i) for i in tier.moving)
    name = next(iter(placed))
    movement = Movement(
        id="m1", collection=name, shard="s0", source=source, target=target, kind="COPY", state="HYDRATING"
    )
    return (movement,)
