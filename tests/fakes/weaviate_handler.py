"""The HTTP side of the fake Weaviate: routes, faults, authentication."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes import weaviate_answers as answers
from tests.fakes.weaviate_leaving import remove_from_raft, scale
from tests.fakes.weaviate_objects import DIMENSIONS
from tests.fakes.weaviate_state import FakeCollection, Refusal

if TYPE_CHECKING:
    from tests.fakes.weaviate import FakeWeaviate

_REMOVE = "/v1/cluster/remove"
"""Of the port through which the nodes talk to each other; the fake serves both on one."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Reply(Exception):  # noqa: N818 an answer that ends the handling of a request
    """An answer that is not 200 with JSON."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Handler(BaseHTTPRequestHandler):
    """One request to one node."""

    fake: ClassVar[FakeWeaviate]
    node: ClassVar[str]
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: in two, each answer would wait 40 ms for an acknowledgement.
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it
        """Quiet: a failing test has `FakeWeaviate.requests`."""

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        split = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(split.query).items()}
        fault = self.fake.take_fault(self.node, f"{self.command} {split.path}")
        if fault is not None:
            time.sleep(fault.delay_seconds)
            if fault.status is not None:
                self._reply(fault.status, fault.body)
                return
        self.fake.on_request(f"{self.command} {split.path}")
        status, body = self._serve(split.path)
        if fault is not None and fault.drop:
            self.close_connection = True
            return
        if fault is not None and fault.body:
            body = fault.body
        self._reply(status, body)

    def _serve(self, path: str) -> tuple[int, bytes]:
        from tests.fakes.weaviate import Seen  # noqa: PLC0415 the two modules need one another

        with self.fake.lock:
            self.fake.tick()
            self.fake.requests.append(Seen(self.node, self.command, path))
            try:
                self._authenticate(path)
                return 200, json.dumps(self._answer(path)).encode()
            except Refusal as refusal:
                return refusal.status, answers.errors(refusal.message)
            except Reply as reply:
                return reply.status, reply.body

    def _authenticate(self, path: str) -> None:
        if path == _REMOVE:
            self._authenticate_node()
        else:
            self._authenticate_user()

    def _authenticate_node(self) -> None:
        wanted = self.fake.cluster_credentials
        given = self.headers.get("Authorization")
        if wanted is not None and given != f"Basic {b64encode(':'.join(wanted).encode()).decode()}":
            raise Reply(401)

    def _authenticate_user(self) -> None:
        key = self.fake.api_key
        given = self.headers.get("Authorization")
        if key is None or given == f"Bearer {key}":
            return
        if given is None:
            raise Reply(401, answers.errors("anonymous access not enabled. Please authenticate"))
        raise Reply(401, json.dumps({"code": 401, "message": "unauthorized: invalid api key"}).encode())

    def _answer(self, path: str) -> Any:
        for method, pattern, call in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                return call(self, *(unquote(group) for group in match.groups()))
        raise Reply(404, json.dumps({"code": 404, "message": f"path {path} was not found"}).encode())

    def _reply(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(0 if status == 204 else len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def _collection(self, name: str) -> FakeCollection:
        found = self.fake.cluster.collections.get(name)
        if found is None:
            raise Reply(404)
        return found

    def meta(self) -> Any:
        version = self.fake.cluster.nodes[self.node].version
        return {"hostname": f"http://{self.node}:8080", "modules": self.fake.modules, "version": version}

    def nodes(self) -> Any:
        return answers.nodes(self.fake.cluster)

    def statistics(self) -> Any:
        return answers.statistics(self.fake.cluster)

    def schema(self) -> Any:
        return {"classes": [answers.class_definition(c) for c in self.fake.cluster.collections.values()]}

    def class_definition(self, name: str) -> Any:
        return answers.class_definition(self._collection(name))

    def put_class(self, name: str) -> Any:
        collection = self._collection(name)
        wanted = json.loads(self.body)["replicationConfig"]
        self.fake.cluster.set_factor(name, wanted["factor"])
        collection.deletion_strategy = wanted.get("deletionStrategy", "")
        return answers.class_definition(collection)

    def tenants(self, name: str) -> Any:
        return answers.tenants(self._collection(name))

    def put_tenants(self, name: str) -> Any:
        wanted = json.loads(self.body)
        for tenant in wanted:
            self._collection(name)
            self.fake.cluster.set_tenant(name, tenant["name"], tenant["activityStatus"])
        return wanted

    def sharding_state(self) -> Any:
        self._movements_enabled()
        if "collection" not in self.query:
            raise Refusal(400, "collection is required")
        return answers.sharding_state(self._collection(self.query["collection"]))

    def replicate(self) -> Any:
        self._movements_enabled()
        body = json.loads(self.body)
        for needed in ("collection", "shard", "sourceNode", "targetNode"):
            if needed not in body:
                raise Reply(422, json.dumps({"code": 602, "message": f"{needed} in body is required"}).encode())
        return {"id": self.fake.cluster.start_copy(body, self.fake.clock())}

    def movements(self) -> Any:
        self._movements_enabled()
        return [answers.movement(m) for m in self.fake.cluster.movements.values()]

    def movement(self, movement_id: str) -> Any:
        self._check_id(movement_id)
        found = self.fake.cluster.movements.get(movement_id)
        if found is None:
            raise Reply(404)
        return answers.movement(found)

    def cancel(self, movement_id: str) -> Any:
        self._check_id(movement_id)
        self.fake.cluster.cancel(movement_id, self.fake.clock())
        raise Reply(204)

    def delete_movement(self, movement_id: str) -> Any:
        self._check_id(movement_id)
        self.fake.cluster.cancel(movement_id, self.fake.clock(), delete=True)
        raise Reply(204)

    def scale(self) -> Any:
        self._movements_enabled()
        plan = json.loads(self.body)
        self._collection(plan["collection"])
        removed = {shard: list(action["removeNodes"]) for shard, action in plan["shardScaleActions"].items()}
        scale(self.fake.cluster, plan["collection"], removed)
        return {"collection": plan["collection"], "operationIds": None, "planId": plan["planId"]}

    def remove(self) -> Any:
        node = json.loads(self.body).get("node")
        if not node:
            raise Reply(400, b"node parameter is empty\n")
        try:
            remove_from_raft(self.fake.cluster, node)
        except Refusal as refusal:
            what = f'rebalance replicas after removing node "{node}": {refusal.message}\n'
            raise Reply(500, what.encode()) from refusal
        raise Reply(200)

    def backups(self, backend: str) -> Any:
        if f"backup-{backend}" not in self.fake.modules:
            what = f'no backup backend "{backend}": backup: {backend} not found, did you enable the right module?'
            raise Refusal(422, what)
        return self.fake.backups

    def objects(self) -> Any:
        collection = self._collection(self.query["class"])
        stored = sorted((o for shard in collection.objects.values() for o in shard), key=lambda o: str(o["id"]))
        behind = [o for o in stored if str(o["id"]) > self.query.get("after", "")]
        found = behind[: int(self.query["limit"])]
        return {"deprecations": [], "objects": found, "totalResults": len(found)}

    def graphql(self) -> Any:
        query = json.loads(self.body)["query"]
        name = re.search(r"Get\s*{\s*(\w+)\(", query)
        limit = re.search(r"limit:\s*(\d+)", query)
        collection = self.fake.cluster.collections.get(name.group(1)) if name else None
        if collection is None or limit is None:
            return {"data": {"Get": None}, "errors": [{"message": "Cannot query field", "path": ["Get"]}]}
        vector = re.search(r"vector:\s*\[([^\]]*)\]", query)
        if vector is None or len(vector.group(1).split(",")) != DIMENSIONS:
            what = "explorer: get class: vector search: knn search: vector lengths don't match"
            return {"data": {"Get": {collection.name: None}}, "errors": [{"message": what, "path": ["Get"]}]}
        stored = [o for shard in collection.objects.values() for o in shard][: int(limit.group(1))]
        return {"data": {"Get": {collection.name: [{"_additional": {"id": o["id"]}} for o in stored]}}}

    def ready(self) -> Any:
        raise Reply(200 if self.fake.cluster.leader else 503)

    def _movements_enabled(self) -> None:
        if not self.fake.movement_enabled:
            raise Reply(501)

    def _check_id(self, movement_id: str) -> None:
        self._movements_enabled()
        if not _UUID.fullmatch(movement_id):
            what = f'id in path must be of type uuid: "{movement_id}"'
            raise Reply(422, json.dumps({"code": 601, "message": what}).encode())


_ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/v1/meta", Handler.meta),
    ("GET", "/v1/nodes", Handler.nodes),
    ("GET", "/v1/cluster/statistics", Handler.statistics),
    ("GET", "/v1/schema", Handler.schema),
    ("GET", "/v1/schema/([^/]+)", Handler.class_definition),
    ("PUT", "/v1/schema/([^/]+)", Handler.put_class),
    ("GET", "/v1/schema/([^/]+)/tenants", Handler.tenants),
    ("PUT", "/v1/schema/([^/]+)/tenants", Handler.put_tenants),
    ("GET", "/v1/replication/sharding-state", Handler.sharding_state),
    ("POST", "/v1/replication/replicate", Handler.replicate),
    ("GET", "/v1/replication/replicate/list", Handler.movements),
    ("GET", "/v1/replication/replicate/([^/]+)", Handler.movement),
    ("POST", "/v1/replication/replicate/([^/]+)/cancel", Handler.cancel),
    ("DELETE", "/v1/replication/replicate/([^/]+)", Handler.delete_movement),
    ("POST", "/v1/replication/scale", Handler.scale),
    ("POST", _REMOVE, Handler.remove),
    ("GET", "/v1/backups/([^/]+)", Handler.backups),
    ("GET", "/v1/objects", Handler.objects),
    ("POST", "/v1/graphql", Handler.graphql),
    ("GET", "/v1/.well-known/ready", Handler.ready),
    ("GET", "/v1/.well-known/live", Handler.ready),
)
