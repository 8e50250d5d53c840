"""A healthy tier called `t`, and the parts to make a different one of it."""

from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.journal import Journal, ServingEndpoint
from vectortier.model.load import Load, SloWindow
from vectortier.model.observation import Identity, Observation
from vectortier.model.weaviate import Collection, Database, Member, RaftMember, Shard, ShardOnNode
from vectortier.model.workload import Pod, Workload

NOW = 1_800_000_000.0
UP_SINCE = NOW - 86_400.0
OBJECTS = 20_000


def node(ordinal: int) -> str:
    """The name of a node of the tier."""
    return f"t-weaviate-{ordinal}"


def spec(**changes: Any) -> VectorTierSpec:
    """A spec that allows up to three nodes and copies; `changes` are top-level fields as in YAML."""
    base: dict[str, Any] = {
        "nodes": {"min": 1, "max": 3},
        "copies": {"min": 1, "max": 3},
        "slo": {"search": {"p99Milliseconds": 250}},
    }
    return VectorTierSpec.model_validate({**base, **changes})


def pod(ordinal: int, **changes: Any) -> Pod:
    """A pod that has been up for a day."""
    base = {
        "name": node(ordinal),
        "uid": f"uid-{ordinal}",
        "ordinal": ordinal,
        "ip": f"198.18.0.{ordinal + 10}",
        "phase": "Running",
        "ready": True,
        "started_at": UP_SINCE,
        "ready_since": UP_SINCE + 10,
    }
    return Pod(**{**base, **changes})


def workload(nodes: int = 1, **changes: Any) -> Workload:
    """As many pods as nodes are wanted, and a gateway."""
    base: dict[str, Any] = {
        "stateful_set_exists": True,
        "desired_nodes": nodes,
        "pods": tuple(pod(i) for i in range(nodes)),
        "gateway_ready_replicas": 2,
        "gateway_desired_replicas": 2,
    }
    return Workload(**{**base, **changes})


def collection(name: str = "Ticket", replicas: tuple[int, ...] = (0,), shards: int = 1, **changes: Any) -> Collection:
    """A collection whose shards are all on the same nodes."""
    names = tuple(node(i) for i in replicas)
    return Collection(
        name=name,
        **{
            "factor": len(replicas),
            "shards": tuple(Shard(name=f"s{i}", replicas=names) for i in range(shards)),
            **changes,
        },
    )


def database(nodes: int = 1, collections: tuple[Collection, ...] | None = None, **changes: Any) -> Database:
    """Healthy members, the first of which votes."""
    held = (collection(),) if collections is None else collections
    base: dict[str, Any] = {
        "members": tuple(member(i, held) for i in range(nodes)),
        "raft": tuple(RaftMember(id=node(i), voter=i == 0) for i in range(nodes)),
        "collections": held,
    }
    return Database(**{**base, **changes})


def member(ordinal: int, collections: tuple[Collection, ...] = (), **changes: Any) -> Member:
    """A healthy member that reports the shards that it holds."""
    name = node(ordinal)
    shards = tuple(
        ShardOnNode(collection=c.name, shard=s.name, object_count=OBJECTS)
        for c in collections
        for s in c.shards
        if name in s.replicas
    )
    return Member(**{"name": name, "status": "HEALTHY", "version": "1.39.3", "shards": shards, **changes})


def load(bad: float = 0.0, requests: float = 5000.0, **changes: Any) -> Load:
    """`bad` is the share of bad requests, 0..1, in both windows, and for longer than any stabilisation."""
    base: dict[str, Any] = {
        "short": window(60, requests / 5, bad),
        "long": window(300, requests, bad),
        "queries_per_second": requests / 300,
        "writes_per_second": 0.0,
        "p50_milliseconds": 12.0,
        "p99_milliseconds": 900.0 if bad > 0.01 else 80.0,
        "missed_seconds": 600.0 if bad > 0.01 else 0.0,
    }
    return Load(**{**base, **changes})


def window(seconds: int, requests: float, bad: float = 0.0, age: float = 3.0) -> SloWindow:
    """A window with this share of bad requests."""
    return SloWindow(seconds=seconds, requests=requests, bad=requests * bad, age_seconds=age)


def serving(*ordinals: int) -> tuple[ServingEndpoint, ...]:
    """The endpoints of these pods."""
    pods = [pod(i) for i in ordinals]
    return tuple(ServingEndpoint(pod=p.name, ip=p.ip or "", started_at=p.started_at or 0.0) for p in pods)


def identity(**changes: Any) -> Identity:
    """Which tier."""
    return Identity(**{"namespace": "search", "name": "t", "uid": "tier-uid", "generation": 1, **changes})


def observation(nodes: int = 1, **changes: Any) -> Observation:
    """One look at a healthy tier that serves from all nodes, all of which hold every shard."""
    held = (collection(replicas=tuple(range(nodes))),)
    base: dict[str, Any] = {
        "now": NOW,
        "tier": identity(),
        "workload": workload(nodes),
        "database": database(nodes, held),
        "load": load(),
        "journal": Journal(serving=serving(*range(nodes))),
    }
    return Observation(**{**base, **changes})
