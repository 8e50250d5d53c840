"""One look at Weaviate: who is a member, who is in raft, where the copies live, what is being moved."""

from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import TypeVar

from vectortier.api.reasons import Reason
from vectortier.clients.errors import ClientError, NotFound, Refused, Unauthorized
from vectortier.clients.weaviate import Weaviate
from vectortier.clients.weaviate_answers import NodeStatistics
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Collection, Database, Shard

_CONNECTIONS = 8
_NOT_IMPLEMENTED = 501

T = TypeVar("T")


class _NoLeaderError(Exception):
    """The nodes answer, but they form no cluster that could be asked."""


class _LateError(Exception):
    """The look took too long."""


def read_database(client: Weaviate, *, deadline_seconds: float = 5.0) -> Database | Unknown:
    """What the leader knows, or Unknown when it cannot be had within the deadline.

    Everything is read from the leader (by its own word): a node that was cut off answers too, with a cluster of its
    own imagination.
    """
    if not client.nodes:
        return Unknown(reason=Reason.WEAVIATE_STARTING, message="No Weaviate pod has an address yet.")
    pool = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="weaviate")
    try:
        return _Look(client, pool, monotonic() + deadline_seconds).database()
    except _NoLeaderError as error:
        return Unknown(reason=Reason.WEAVIATE_STARTING, message=str(error))
    except _LateError as error:
        message = f"Weaviate did not answer within {deadline_seconds:g} s: {error}. Is a node hanging or overloaded?"
        return Unknown(reason=Reason.WEAVIATE_UNREACHABLE, message=message)
    except ClientError as error:
        return Unknown(reason=Reason.WEAVIATE_UNREACHABLE, message=_explain(error))
    finally:
        # Requests that are still out end by their own deadlines; nobody waits for them.
        pool.shutdown(wait=False, cancel_futures=True)


class _Look:
    """One look, which has to end at a point in time of the monotonic clock."""

    def __init__(self, client: Weaviate, pool: Executor, until: float) -> None:
        self._client = client
        self._pool = pool
        self._until = until

    def database(self) -> Database:
        leader = self._leader()
        node = leader.name if leader.name in self._client.nodes else None
        members = self._pool.submit(self._client.members, node)
        collections = self._pool.submit(self._client.collections, node)
        movements = self._pool.submit(self._client.movements, node)
        backup = self._pool.submit(self._backup_running, node)
        placed = [(c, self._pool.submit(self._shards, c, node)) for c in self._of("schema", collections)]
        with_shards = (self._with_shards(collection, shards) for collection, shards in placed)
        return Database(
            collections=tuple(collection for collection in with_shards if collection is not None),
            movements=self._of("movements", movements),
            members=self._of("members", members),
            raft=leader.configuration,
            leader=leader.name,
            # Last: it waits for a store outside, and the rest must not wait with it.
            backup_running=self._backup(backup),
        )

    def _leader(self) -> NodeStatistics:
        """The node that says of itself that it leads. Every node is asked at once; the first who knows is enough."""
        waiting = {self._pool.submit(self._client.statistics, node) for node in self._client.nodes}
        answers: list[tuple[NodeStatistics, ...]] = []
        failures: list[ClientError] = []
        while waiting:
            done, waiting = wait(waiting, self._left(), FIRST_COMPLETED)
            if not done:
                raise _LateError("no node said who leads")
            for future in done:
                try:
                    answers.append(future.result())
                except ClientError as error:
                    failures.append(error)
            leaders = {entry.name: entry for answer in answers for entry in answer if entry.leads}
            if len(leaders) > 1:
                raise _NoLeaderError(f"More than one node says that it leads: {', '.join(sorted(leaders))}.")
            for leader in leaders.values():
                return leader
        if not answers:
            raise failures[0]
        who = f"{len(answers)} of {len(self._client.nodes)} nodes answer and none leads"
        raise _NoLeaderError(f"{who}: they join yet, or those with a vote are away.")

    def _backup(self, running: Future[bool]) -> bool | Unknown:
        """Whether a backup runs. A store that is down or slow hides that, and nothing else."""
        try:
            return self._of("backups", running)
        except (ClientError, _LateError) as error:
            return Unknown(reason=Reason.BACKUP_UNKNOWN, message=f"whether a backup runs is not known: {error}")

    def _backup_running(self, node: str | None) -> bool:
        return self._client.backup_running(self._client.meta(node).backup_backends, node)

    def _shards(self, collection: Collection, node: str | None) -> tuple[Shard, ...]:
        """Where they live, and of tenants what they are. A tenant that was made in between is said to be nothing."""
        shards = self._client.shards(collection.name, node)
        if not collection.multi_tenant:
            return shards
        statuses = self._client.tenants(collection.name, node)
        return tuple(shard.model_copy(update={"tenant_status": statuses.get(shard.name)}) for shard in shards)

    def _with_shards(self, collection: Collection, shards: Future[tuple[Shard, ...]]) -> Collection | None:
        """The collection with its shards; None if it was deleted since the schema was read."""
        try:
            return collection.model_copy(update={"shards": self._of(f"shards of {collection.name}", shards)})
        except NotFound:
            return None

    def _of(self, what: str, future: Future[T]) -> T:
        try:
            return future.result(self._left())
        except TimeoutError as error:
            raise _LateError(f"no answer about {what}") from error

    def _left(self) -> float:
        return max(0.0, self._until - monotonic())


def _explain(error: ClientError) -> str:
    if isinstance(error, Unauthorized):
        return f"{error}. Weaviate does not accept the operator's key: check the tier's Secret."
    if isinstance(error, Refused) and error.status == _NOT_IMPLEMENTED:
        return f"{error}. Replica movement is switched off: REPLICA_MOVEMENT_ENABLED has to be 'true'."
    return f"{error}."
