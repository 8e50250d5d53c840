"""A Kubernetes API for one kind of test: a handful of objects in memory, with resourceVersions."""

from __future__ import annotations

import copy

from vectortier.clients.kubernetes import Object
from vectortier.clients.kubernetes_errors import AlreadyExistsError, ConflictError, NotFoundError, UnreachableError
from vectortier.clients.kubernetes_kinds import Kind


class Store:
    """Find, apply, create, replace, patch and delete, as the client has them."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.down = False
        self._version = 0

    def find(self, kind: Kind, namespace: str, name: str) -> Object | None:
        self._answer()
        return copy.deepcopy(self.objects.get((kind.name, namespace, name)))

    def apply(self, body: Object, *, resource_version: str | None = None) -> Object:
        """Of the metadata, only annotations and labels are merged; the rest is as it is applied."""
        self._answer()
        key = self._key(body)
        before = self.objects.get(key, {"metadata": {"uid": f"uid of {key}"}})
        if resource_version not in (None, before["metadata"].get("resourceVersion")):
            raise ConflictError("it has changed")
        metadata = {**before["metadata"], **body["metadata"]}
        for name in ("annotations", "labels"):
            metadata[name] = {**before["metadata"].get(name, {}), **body["metadata"].get(name, {})}
        return self._put(key, {**before, **body, "metadata": metadata})

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

    def patch(self, target: Object, change: Object) -> Object:
        """Of the metadata, only annotations."""
        seen = self._seen(target)
        metadata = {**seen["metadata"], "annotations": {**seen["metadata"].get("annotations", {})}}
        metadata["annotations"].update(change.get("metadata", {}).get("annotations", {}))
        return self._put(self._key(seen), {**seen, **change, "metadata": metadata})

    def delete(self, target: Object) -> bool:
        try:
            self.objects.pop(self._key(self._seen(target)))
        except NotFoundError:
            return False
        return True

    def delete_alone(self, target: Object) -> bool:
        return self.delete(target)

    def _seen(self, target: Object) -> Object:
        """The object that was seen, as long as it is what it was."""
        self._answer()
        found = self.objects.get(self._key(target))
        if found is None:
            raise NotFoundError("it is gone")
        for name in ("uid", "resourceVersion"):
            if found["metadata"].get(name) != target["metadata"].get(name):
                raise ConflictError("it has changed")
        return found

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
