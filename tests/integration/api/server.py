"""Sends objects to the API server and brings back what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from vectortier.api import GROUP, VERSION

NAMESPACE = "default"
_PLURALS = {"VectorTier": "vectortiers", "IngestPipeline": "ingestpipelines"}
_SECONDS = 30


@dataclass(frozen=True)
class ApiServer:
    """The two kinds at one API server. A method that is refused returns the refusal's message, else None."""

    objects: client.CustomObjectsApi

    @classmethod
    def connect(cls, kubeconfig: Path) -> ApiServer:
        """A connection as the administrator."""
        return cls(client.CustomObjectsApi(config.new_client_from_config(str(kubeconfig))))

    def try_create(self, obj: dict[str, Any], *, strict: bool = False) -> str | None:
        """What creating the object would be answered with; strict refuses also fields that nobody knows."""
        validation = "Strict" if strict else "Warn"
        create = self.objects.create_namespaced_custom_object
        return self._refusal(create, obj, dry_run="All", field_validation=validation)

    def try_replace(self, obj: dict[str, Any]) -> str | None:
        """What replacing the object of that name would be answered with."""
        return self._refusal(
            self.objects.replace_namespaced_custom_object, self._current(obj), dry_run="All", named=True
        )

    def replace(self, obj: dict[str, Any]) -> str | None:
        """Replace the object of that name."""
        return self._refusal(self.objects.replace_namespaced_custom_object, self._current(obj), named=True)

    def replace_status(self, obj: dict[str, Any]) -> None:
        """Replace the status of the object of that name."""
        refusal = self._refusal(self.objects.replace_namespaced_custom_object_status, self._current(obj), named=True)
        if refusal:
            raise ValueError(refusal)

    def try_replace_status(self, obj: dict[str, Any]) -> str | None:
        """What replacing the status of the object of that name would be answered with."""
        write = self.objects.replace_namespaced_custom_object_status
        return self._refusal(write, self._current(obj), dry_run="All", named=True)

    def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        """Create the object for good and return what is stored."""
        stored: dict[str, Any] = self.objects.create_namespaced_custom_object(
            *self._address(obj), obj, _request_timeout=_SECONDS
        )
        return stored

    def get(self, obj: dict[str, Any]) -> dict[str, Any]:
        """What is stored under the object's name."""
        stored: dict[str, Any] = self.objects.get_namespaced_custom_object(
            *self._address(obj), obj["metadata"]["name"], _request_timeout=_SECONDS
        )
        return stored

    def delete(self, obj: dict[str, Any]) -> None:
        """Delete the object of that name."""
        self.objects.delete_namespaced_custom_object(
            *self._address(obj), obj["metadata"]["name"], _request_timeout=_SECONDS
        )

    def _current(self, obj: dict[str, Any]) -> dict[str, Any]:
        version = self.get(obj)["metadata"]["resourceVersion"]
        return {**obj, "metadata": {**obj["metadata"], "resourceVersion": version}}

    def _address(self, obj: dict[str, Any]) -> tuple[str, str, str, str]:
        return (GROUP, VERSION, NAMESPACE, _PLURALS[obj["kind"]])

    def _refusal(self, write: Any, obj: dict[str, Any], *, named: bool = False, **options: Any) -> str | None:
        name = [obj["metadata"]["name"]] if named else []
        try:
            write(*self._address(obj), *name, obj, _request_timeout=_SECONDS, **options)
        except ApiException as refusal:
            # 400 is how the API server answers what it cannot even decode.
            if refusal.status not in (400, 422):
                raise
            return str(json.loads(refusal.body)["message"])
        return None
