"""The shapes of Weaviate's answers, as far as the operator reads them, and their translation into the model."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from vectortier.clients.errors import Invalid
from vectortier.model.value import Value
from vectortier.model.weaviate import Collection, Member, Movement, MovementError, RaftMember, Shard, ShardOnNode


class _Answer(BaseModel):
    """Fields that we do not know are ignored: a newer Weaviate may have more of them."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


AnswerT = TypeVar("AnswerT", bound=_Answer)


def read(shape: type[AnswerT], answer: Any, request: str) -> AnswerT:
    """The answer in the shape that is expected. Raises Invalid with what is wrong in it."""
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{request}: unexpected answer: {where}: {first['msg']}") from error


class Meta(_Answer):
    """Version and modules of the node that was asked."""

    version: str
    modules: dict[str, Any] = Field(default_factory=dict)

    @property
    def backup_backends(self) -> tuple[str, ...]:
        """The names by which the backup API knows the modules that store backups."""
        prefix = "backup-"
        return tuple(name.removeprefix(prefix) for name in sorted(self.modules) if name.startswith(prefix))


class _NodeShard(_Answer):
    name: str
    collection: str = Field(alias="class")
    object_count: int = 0
    loaded: bool = True
    vector_indexing_status: str = "READY"
    vector_queue_length: int = 0


class _Node(_Answer):
    name: str
    status: str
    version: str = ""
    shards: tuple[_NodeShard, ...] | None = None


class Nodes(_Answer):
    """Answer of GET /v1/nodes?output=verbose."""

    nodes: tuple[_Node, ...]

    def members(self) -> tuple[Member, ...]:
        return tuple(
            Member(
                name=node.name,
                status=node.status,
                version=node.version,
                shards=tuple(
                    ShardOnNode(
                        collection=shard.collection,
                        shard=shard.name,
                        object_count=shard.object_count,
                        loaded=shard.loaded,
                        status=shard.vector_indexing_status,
                        vector_queue_length=shard.vector_queue_length,
                    )
                    for shard in node.shards or ()
                ),
            )
            for node in self.nodes
        )


class _Server(_Answer):
    id: str
    suffrage: int
    """0 votes, 1 does not, 2 is about to."""


class _Raft(_Answer):
    state: str = ""
    latest_configuration: tuple[_Server, ...] | None = None


class _NodeStatistics(_Answer):
    name: str
    status: str = ""
    ready: bool = False
    leader_id: str | None = None
    raft: _Raft | None = None


class NodeStatistics(Value):
    """What one node says about raft."""

    name: str
    ready: bool
    leader: str | None
    """Who leads, as this node sees it."""
    leads: bool
    configuration: tuple[RaftMember, ...]


class ClusterStatistics(_Answer):
    """Answer of GET /v1/cluster/statistics."""

    statistics: tuple[_NodeStatistics, ...]

    def nodes(self) -> tuple[NodeStatistics, ...]:
        return tuple(
            NodeStatistics(
                name=node.name,
                ready=node.ready,
                leader=node.leader_id or None,
                leads=node.raft is not None and node.raft.state == "Leader",
                configuration=tuple(
                    RaftMember(id=server.id, voter=server.suffrage == 0)
                    for server in (node.raft and node.raft.latest_configuration) or ()
                ),
            )
            for node in self.statistics
        )


class _ReplicationConfig(_Answer):
    factor: int = 1


class _MultiTenancyConfig(_Answer):
    enabled: bool = False


class _Property(_Answer):
    name: str
    data_type: tuple[str, ...]


class Class(_Answer):
    """A collection in the schema."""

    name: str = Field(alias="class")
    replication_config: _ReplicationConfig | None = None
    multi_tenancy_config: _MultiTenancyConfig | None = None
    properties: tuple[_Property, ...] | None = None

    def collection(self) -> Collection:
        """Without its shards, which the schema does not know."""
        return Collection(
            name=self.name,
            factor=self.replication_config.factor if self.replication_config else 1,
            multi_tenant=self.multi_tenancy_config is not None and self.multi_tenancy_config.enabled,
        )


class Schema(_Answer):
    """Answer of GET /v1/schema."""

    classes: tuple[Class, ...] | None = None


class _ShardReplicas(_Answer):
    shard: str
    replicas: tuple[str, ...] | None = None


class _ShardingState(_Answer):
    collection: str
    shards: tuple[_ShardReplicas, ...] | None = None


class ShardingState(_Answer):
    """Answer of GET /v1/replication/sharding-state."""

    sharding_state: _ShardingState

    def shards(self) -> tuple[Shard, ...]:
        """By name: Weaviate lists shards and replicas in no order."""
        found = (
            Shard(name=s.shard, replicas=tuple(sorted(s.replicas or ()))) for s in self.sharding_state.shards or ()
        )
        return tuple(sorted(found, key=lambda shard: shard.name))


class _Tenant(_Answer):
    name: str
    activity_status: str = ""


_STATUSES = {
    "ACTIVE": "HOT",
    "INACTIVE": "COLD",
    "OFFLOADED": "FROZEN",
    "OFFLOADING": "FREEZING",
    "ONLOADING": "UNFREEZING",
}
"""Weaviate knows each by two names."""


class Tenants(_Answer):
    """Answer of GET /v1/schema/{collection}/tenants, under a name of our own: Weaviate sends a bare array."""

    tenants: tuple[_Tenant, ...]

    def statuses(self) -> dict[str, str]:
        """By name."""
        return {t.name: _STATUSES.get(t.activity_status, t.activity_status) for t in self.tenants}


class Created(_Answer):
    """Answer of POST /v1/replication/replicate."""

    id: str


class _MovementError(_Answer):
    message: str = ""
    when_errored_unix_ms: int | None = None

    def error(self) -> MovementError:
        at = self.when_errored_unix_ms
        return MovementError(message=self.message, at=at / 1000 if at else None)


class _MovementStatus(_Answer):
    state: str
    when_started_unix_ms: int | None = None
    errors: tuple[_MovementError, ...] | None = None


class MovementDetails(_Answer):
    """Answer of GET /v1/replication/replicate/{id}, and one entry of the list."""

    id: str
    collection: str
    shard: str
    source_node: str
    target_node: str
    type: str
    status: _MovementStatus
    when_started_unix_ms: int | None = None
    scheduled_for_delete: bool = False

    def movement(self) -> Movement:
        # The first state has no time of its own: it began with the movement.
        since = self.status.when_started_unix_ms or self.when_started_unix_ms
        return Movement(
            id=self.id,
            collection=self.collection,
            shard=self.shard,
            source=self.source_node,
            target=self.target_node,
            kind=self.type,
            state=self.status.state,
            errors=tuple(error.error() for error in self.status.errors or ()),
            state_since=since / 1000 if since else None,
            deleting=self.scheduled_for_delete,
        )


class Movements(_Answer):
    """Answer of GET /v1/replication/replicate/list, under a name of our own: Weaviate sends a bare array."""

    movements: tuple[MovementDetails, ...]


class _Backup(_Answer):
    id: str
    status: str


class Backups(_Answer):
    """Answer of GET /v1/backups/{backend}, under a name of our own: Weaviate sends a bare array."""

    backups: tuple[_Backup, ...]

    @property
    def running(self) -> bool:
        return any(b.status not in {"SUCCESS", "FAILED", "CANCELED", "CANCELLED"} for b in self.backups)


class _Object(_Answer):
    id: str
    vector: tuple[float, ...] | None = None
    vectors: dict[str, Any] | None = None


class Objects(_Answer):
    """Answer of GET /v1/objects?include=vector."""

    objects: tuple[_Object, ...] | None = None
