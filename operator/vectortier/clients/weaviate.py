"""Weaviate's REST API, as far as operating it needs it.

Not the official Python client: that one drops what an operator decides on (copies of a shard, the start of a
movement's present state), has no calls for some of the endpoints, and picks the node that it talks to itself.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vectortier.clients import weaviate_answers as answers
from vectortier.clients.errors import Invalid, Refused, Unreachable
from vectortier.clients.http import Deadlines, JsonHttp, Request
from vectortier.model.value import Value
from vectortier.model.weaviate import Collection, Member, Movement, Shard

_COPY = "COPY"


class StoredVector(Value):
    """A vector of a stored object; `name` is None for the collection's unnamed one."""

    name: str | None
    values: tuple[float, ...]


class Sample(Value):
    """Some stored objects: their vectors, and the id to go on from."""

    vectors: tuple[StoredVector, ...]
    last_id: str | None


class Weaviate:
    """The nodes of one Weaviate cluster, by name and base URL. It may be used by several threads.

    Reads go to the node that is named, else to the first that answers; what changes something is sent once, to the
    first node. `may_write` is asked immediately before: Weaviate knows no fence, so a process that has lost its lease
    must not even try. Every call raises ClientError.
    """

    def __init__(
        self,
        nodes: Mapping[str, str],
        api_key: str | None = None,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 frozen
        attempts: int = 2,
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        self._nodes = dict(nodes)
        self._may_write = may_write
        self._attempts = attempts
        self._http = JsonHttp({"Authorization": f"Bearer {api_key}"} if api_key else None, deadlines)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes whose address is known."""
        return tuple(self._nodes)

    def close(self) -> None:
        self._http.close()

    def meta(self, node: str | None = None) -> answers.Meta:
        """Version and modules of a node."""
        return answers.read(answers.Meta, self._get("/v1/meta", node), "meta")

    def members(self, node: str | None = None) -> tuple[Member, ...]:
        """The nodes that memberlist knows, with their shards. A dead node may be missing.

        Weaviate waits up to 30 s for a node that hangs before it answers.
        """
        return answers.read(answers.Nodes, self._get("/v1/nodes", node, output="verbose"), "nodes").members()

    def statistics(self, node: str | None = None) -> tuple[answers.NodeStatistics, ...]:
        """What each member says about raft."""
        found = self._get("/v1/cluster/statistics", node)
        return answers.read(answers.ClusterStatistics, found, "cluster statistics").nodes()

    def collections(self, node: str | None = None) -> tuple[Collection, ...]:
        """The collections of the schema by name, without their shards."""
        schema = answers.read(answers.Schema, self._get("/v1/schema", node), "schema")
        return tuple(sorted((found.collection() for found in schema.classes or ()), key=lambda c: c.name))

    def shards(self, collection: str, node: str | None = None) -> tuple[Shard, ...]:
        """Where the shards of a collection live, tenants that are not loaded included. Raises NotFound."""
        found = self._get("/v1/replication/sharding-state", node, collection=collection)
        return answers.read(answers.ShardingState, found, f"sharding state of {collection}").shards()

    def tenants(self, collection: str, node: str | None = None) -> dict[str, str]:
        """What each tenant of a multi-tenant collection is: HOT, COLD, FROZEN, FREEZING or UNFREEZING."""
        found = self._get(f"/v1/schema/{_part(collection)}/tenants", node) or []
        return answers.read(answers.Tenants, {"tenants": found}, f"tenants of {collection}").statuses()

    def set_tenant(self, collection: str, tenant: str, status: str) -> None:
        """Changes what one tenant is. Raises Refused while it is being moved, or a movement of it is being deleted."""
        body = [{"name": tenant, "activityStatus": status}]
        self._send("PUT", f"/v1/schema/{_part(collection)}/tenants", body)

    def movements(self, node: str | None = None) -> tuple[Movement, ...]:
        """Every replica movement that Weaviate still lists, finished ones included."""
        found = self._get("/v1/replication/replicate/list", node) or []
        read = answers.read(answers.Movements, {"movements": found}, "movements")
        return tuple(sorted((details.movement() for details in read.movements), key=lambda m: m.id))

    def movement(self, movement_id: str) -> Movement:
        """One replica movement. Raises NotFound."""
        found = self._get(f"/v1/replication/replicate/{_part(movement_id)}")
        return answers.read(answers.MovementDetails, found, f"movement {movement_id}").movement()

    def copy_shard(self, shard: tuple[str, str], source: str, target: str) -> str:
        """Starts a copy of (collection, shard) and returns the movement's id.

        Not repeated: Weaviate accepts the same copy twice while the first one runs. After Unreachable, look into the
        list of movements. Raises Refused when the target has the shard or the source lacks it, or when movements are
        switched off.
        """
        collection, name = shard
        body = {
            "collection": collection,
            "shard": name,
            "sourceNode": source,
            "targetNode": target,
            "type": _COPY,
        }
        found = self._send("POST", "/v1/replication/replicate", body)
        return answers.read(answers.Created, found, "replicate").id

    def drop_copy(self, shard: tuple[str, str], node: str) -> None:
        """Has a node drop its copy of (collection, shard), by a scaling plan that does nothing else.

        Weaviate counts the copies and refuses to go below the factor; whether the others are alive or complete it does
        not ask. Raises Refused or Unavailable with its reason.
        """
        collection, name = shard
        plan = {
            "planId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{collection}/{name}/{node}")),
            "collection": collection,
            "shardScaleActions": {name: {"removeNodes": [node], "addNodes": {}}},
        }
        self._send("POST", "/v1/replication/scale", plan)

    def delete_movement(self, movement_id: str) -> None:
        """Asks for the deletion of a movement's record; the target node does it a moment later.

        A movement that runs is cancelled by it, and what was copied is removed. One that is gone is no error.
        Raises Refused when the movement can no longer be stopped.
        """
        self._send("DELETE", f"/v1/replication/replicate/{_part(movement_id)}", None)

    def class_definition(self, collection: str) -> dict[str, Any]:
        """A collection's whole definition, as Weaviate wants it back. Raises NotFound."""
        found = self._get(f"/v1/schema/{_part(collection)}")
        if not isinstance(found, dict):
            raise Invalid(f"schema of {collection}: unexpected answer: not an object")
        return found

    def put_class_definition(self, collection: str, definition: Mapping[str, Any]) -> None:
        """Replaces a collection's definition. Raises Refused with Weaviate's reason."""
        self._send("PUT", f"/v1/schema/{_part(collection)}", definition)

    def backup_running(self, backends: Sequence[str], node: str | None = None) -> bool:
        """Whether a backup is being made in one of the backends (see Meta.backup_backends)."""
        for backend in backends:
            found = self._get(f"/v1/backups/{_part(backend)}", node) or []
            if answers.read(answers.Backups, {"backups": found}, f"backups in {backend}").running:
                return True
        return False

    def sample(self, collection: str, limit: int, after: str, node: str | None = None) -> Sample:
        """Up to `limit` objects with their vectors, in the order of their ids, behind the id `after`."""
        found = self._get(
            "/v1/objects", node, **{"class": collection, "limit": str(limit), "after": after, "include": "vector"}
        )
        objects = answers.read(answers.Objects, found, f"objects of {collection}").objects or ()
        vectors = []
        for stored in objects:
            if stored.vector:
                vectors.append(StoredVector(name=None, values=stored.vector))
            for name, values in (stored.vectors or {}).items():
                # Multi-vectors are lists of lists: searching by them needs another request, and they are rare.
                if values and all(isinstance(value, int | float) for value in values):
                    vectors.append(StoredVector(name=name, values=tuple(values)))
        return Sample(vectors=tuple(vectors), last_id=objects[-1].id if objects else None)

    def search(self, collection: str, vector: StoredVector, limit: int, node: str) -> int:
        """A near-vector search sent to one node; returns how many objects it found.

        A node that has a copy of a shard searches its own.
        """
        values = ",".join(repr(value) for value in vector.values)
        target = f', targetVectors: ["{vector.name}"]' if vector.name else ""
        near = f"nearVector: {{vector: [{values}]{target}}}"
        query = f"{{ Get {{ {collection}(limit: {limit}, {near}) {{ _additional {{ id }} }} }} }}"
        request = Request("POST", "/v1/graphql", body={"query": query})
        found = self._http.ask(self._servers(node), request, attempts=1)
        errors = found.get("errors") if isinstance(found, dict) else None
        if errors:
            raise Invalid(f"search in {collection} on {node}: {str(errors)[:300]}")
        try:
            return len(found["data"]["Get"][collection])
        except (KeyError, TypeError) as error:
            raise Invalid(f"search in {collection} on {node}: unexpected answer") from error

    def _get(self, path: str, node: str | None = None, **parameters: str) -> Any:
        return self._http.ask(self._servers(node), Request("GET", path, parameters or None), self._attempts)

    def _send(self, method: str, path: str, body: Any) -> Any:
        servers = self._servers(None)
        if not servers:
            raise Unreachable(f"{method} {path}: no address to ask")
        if not self._may_write():
            raise Refused(f"{method} {path}: not tried, since this process does not lead")
        return self._http.send(servers[0], Request(method, path, body=body))

    def _servers(self, node: str | None) -> tuple[str, ...]:
        if node is None:
            return tuple(self._nodes.values())
        if node not in self._nodes:
            raise Unreachable(f"the address of Weaviate node {node} is not known")
        return (self._nodes[node],)


def _part(name: str) -> str:
    return quote(name, safe="")
