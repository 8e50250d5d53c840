"""What Weaviate says about itself: members, raft, placement, movements."""

from vectortier.model.value import Unknown, Value


class ShardOnNode(Value):
    """One shard as one node reports it. The object count lags by up to half a minute."""

    collection: str
    shard: str
    object_count: int
    loaded: bool = True
    status: str = "READY"
    vector_queue_length: int = 0


class Member(Value):
    """A node that memberlist knows."""

    name: str
    status: str
    """HEALTHY, UNHEALTHY, UNAVAILABLE or TIMEOUT. TIMEOUT is busy, not dead."""
    version: str = ""
    shards: tuple[ShardOnNode, ...] = ()


class RaftMember(Value):
    """A server in raft's latest configuration."""

    id: str
    voter: bool


class Shard(Value):
    """A shard of a collection and the nodes that hold a copy, from the sharding state."""

    name: str
    replicas: tuple[str, ...]
    tenant_status: str | None = None
    """HOT, COLD, FROZEN, FREEZING or UNFREEZING; None: it is no tenant, or is not said."""


class Collection(Value):
    """A collection and where its shards live."""

    name: str
    factor: int
    multi_tenant: bool = False
    shards: tuple[Shard, ...] = ()


class MovementError(Value):
    """What has failed in a movement; Weaviate tries it again every ten seconds, fifty times."""

    message: str
    at: float | None = None
    """Unix seconds."""


class Movement(Value):
    """A replica movement that Weaviate knows. State as in Weaviate: REGISTERED, HYDRATING, FINALIZING, INTEGRATING,
    DEHYDRATING, READY or CANCELLED."""

    id: str
    collection: str
    shard: str
    source: str
    target: str
    kind: str
    """COPY or MOVE."""
    state: str
    errors: tuple[MovementError, ...] = ()
    """In this state, in the order of time."""
    state_since: float | None = None
    deleting: bool = False
    """Its deletion was asked for; the target node does it some seconds later."""


class Database(Value):
    """Weaviate's own view, read from one node and checked against raft's configuration."""

    members: tuple[Member, ...]
    raft: tuple[RaftMember, ...]
    collections: tuple[Collection, ...] = ()
    movements: tuple[Movement, ...] = ()
    backup_running: bool | Unknown = False
    """Unknown when a store of backups does not answer: the rest is known all the same."""
    leader: str | None = None
    """The node that leads raft."""

    @property
    def copies(self) -> int | None:
        """The least number of copies over all shards; None when there is no shard."""
        return min((len(s.replicas) for c in self.collections for s in c.shards), default=None)
