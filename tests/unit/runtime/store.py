"""A Kubernetes API for one kind of test: a handful of objects in memory, with resourceVersions."""

from __future__ import annotations

import copy

from vectortier.clients.kubernetes import Object
from vectortier.clients.kubernetes_errors import AlreadyExistsError, ConflictError, UnreachableError
from vectortier.clients.kubernetes_kinds import Kind


class Store:
    """Get, create and replace, as the client has them."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.down = False
        self._version = 0

    def find(self, kind: Kind, namespace: str, name: str) -> Object | None:
        self._answer()
        return copy.deepcopy(self.objects.get((kind.name, namespace, name)))

    def create(self, body: Object) -> Object:
        self._answer()
        key = self._key(body)
        if key in self.objects:
            raise AlreadyExistsError("it is there")
        return self._put(key, body)

    def replace(self, body: Object) -> Object:
        self._answer()
        key = self._key(body)
        if self.objects[key]["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            raise ConflictError("it has changed")
        return self._put(key, body)

    def _put(self, key: tuple[str, str, str], body: Object) -> Object:
        self._version += 1
        stored = copy.deepcopy(body)
        stored["metadata"]["resourceVersion"] = str(self._version)
        self.objects[key] = stored
        return stored

    def _answer(self) -> None:
        if self.down:
            raise UnreachableError("no answer")

    @staticmethod
    def _key(body: Object) -> tuple[str, str, str]:
        return body["kind"], body["metadata"]["namespace"], body["metadata"]["name"]
