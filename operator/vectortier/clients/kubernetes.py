"""The Kubernetes API, as far as the operator uses it: plain dicts in and out, deadlines, typed errors."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stamina
import urllib3
from kubernetes import client, config

from vectortier.clients.kubernetes_errors import (
    KubernetesError,
    NotFoundError,
    NotLeadingError,
    ThrottledError,
    UnreachableError,
    error_for,
)
from vectortier.clients.kubernetes_kinds import Kind, kind_of

Object = dict[str, Any]

FIELD_MANAGER = "vectortier"
_PAGE = 500
_CONNECT_SECONDS = 2.0


def _always() -> bool:
    return True


class Kubernetes:
    """A thin client. Every call has a deadline; those that may be repeated safely are, at most three times.

    `may_write` is asked immediately before each write: a process that has lost its lease does not even try.
    `on_request(verb, kind, status)` is told of every request; status 0 means that there was no answer.
    """

    def __init__(
        self,
        api: client.ApiClient,
        *,
        timeout_seconds: float = 5.0,
        may_write: Callable[[], bool] = _always,
        on_request: Callable[[str, str, int], None] = lambda verb, kind, status: None,
    ) -> None:
        self._api = api
        self._timeout = timeout_seconds
        self._may_write = may_write
        self._on_request = on_request

    def get(self, kind: Kind, namespace: str, name: str) -> Object:
        """One object. Raises NotFoundError."""
        return self._repeatable("GET", kind, kind.path(namespace, name))

    def find(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """One object, or None if it does not exist."""
        try:
            return self.get(kind, namespace, name)
        except NotFoundError:
            return None

    def list(self, kind: Kind, namespace: str, selector: str = "") -> tuple[Object, ...]:
        """All objects of a kind with the given labels, read page by page; each with its apiVersion and kind."""
        items: list[Object] = []
        query = {"labelSelector": selector, "limit": str(_PAGE)}
        while True:
            page = self._repeatable("GET", kind, kind.path(namespace), query=query)
            items.extend(page["items"])
            token = page["metadata"].get("continue")
            if not token:
                break
            query["continue"] = token
        return tuple({"apiVersion": kind.api_version, "kind": kind.name, **item} for item in items)

    def apply(self, body: Object, *, resource_version: str | None = None, subresource: str = "") -> Object:
        """Server-side apply as field manager 'vectortier', taking over what others set.

        With `resource_version` the write is refused (ConflictError) if the object has changed since.
        """
        kind, metadata = kind_of(body), dict(body["metadata"])
        if resource_version is not None:
            metadata["resourceVersion"] = resource_version
        return self._repeatable(
            "PATCH",
            kind,
            kind.path(metadata["namespace"], metadata["name"], subresource),
            body={**body, "metadata": metadata},
            query={"fieldManager": FIELD_MANAGER, "force": "true"},
            content_type="application/apply-patch+yaml",
        )

    def create(self, body: Object) -> Object:
        """Create an object. Raises AlreadyExistsError. Not repeated: the first try may have succeeded."""
        kind = kind_of(body)
        return self._call(
            "POST",
            kind,
            kind.path(body["metadata"]["namespace"]),
            body=body,
            query={"fieldManager": FIELD_MANAGER},
        )

    def replace(self, body: Object) -> Object:
        """Replace an object; its metadata.resourceVersion is the precondition. Raises ConflictError."""
        kind, metadata = kind_of(body), body["metadata"]
        return self._call(
            "PUT",
            kind,
            kind.path(metadata["namespace"], metadata["name"]),
            body=body,
            query={"fieldManager": FIELD_MANAGER},
        )

    def patch(self, target: Object, change: Object) -> Object:
        """Merge `change` into the object that was read as `target`. Raises ConflictError if it has changed since."""
        kind, metadata = kind_of(target), target["metadata"]
        precondition = {**change.get("metadata", {}), "resourceVersion": metadata["resourceVersion"]}
        return self._call(
            "PATCH",
            kind,
            kind.path(metadata["namespace"], metadata["name"]),
            body={**change, "metadata": precondition},
            query={"fieldManager": FIELD_MANAGER},
            content_type="application/merge-patch+json",
        )

    def delete(self, target: Object) -> bool:
        """Delete the object that was read as `target`; whether it was still there. Raises ConflictError if it has
        changed since, or is another one of the same name."""
        return self._delete(target, {})

    def delete_alone(self, target: Object) -> bool:
        """As `delete`, and leave what it owns as it is, owned by nobody."""
        return self._delete(target, {"propagationPolicy": "Orphan"})

    def _delete(self, target: Object, options: Object) -> bool:
        kind, metadata = kind_of(target), target["metadata"]
        preconditions = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions, **options}
        try:
            self._call("DELETE", kind, kind.path(metadata["namespace"], metadata["name"]), body=body)
        except NotFoundError:
            return False
        return True

    def _repeatable(self, verb: str, kind: Kind, path: str, **options: Any) -> Object:
        for attempt in stamina.retry_context(
            on=(UnreachableError, ThrottledError), attempts=3, timeout=self._timeout, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                return self._call(verb, kind, path, **options)
        raise AssertionError("the loop above returns or raises")

    def _call(
        self,
        verb: str,
        kind: Kind,
        path: str,
        *,
        body: Object | None = None,
        query: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Object:
        what = f"{verb} {path}"
        if verb != "GET" and not self._may_write():
            raise NotLeadingError(f"{what}: not tried, since this process does not lead")
        request = self._api.param_serialize(
            verb,
            path,
            query_params=[(key, value) for key, value in (query or {}).items() if value],
            header_params={"Accept": "application/json", "Content-Type": content_type},
            auth_settings=["BearerToken"],
            body=body,
        )
        status, data = 0, b""
        try:
            answer = self._api.call_api(*request, _request_timeout=(_CONNECT_SECONDS, self._timeout))
            status, data = answer.status, answer.read()  # type: ignore[no-untyped-call]
        except (urllib3.exceptions.HTTPError, client.exceptions.ApiException, OSError) as error:
            raise UnreachableError(f"{what}: no answer from the API server: {error}") from error
        finally:
            self._on_request(verb, kind.name, status)
        return _result(what, status, data)


def _result(what: str, status: int, data: bytes) -> Object:
    try:
        answer: Object = json.loads(data) if data else {}
    except ValueError:
        answer = {"message": data[:200].decode(errors="replace")}
    if 200 <= status < 300:
        return answer
    raise error_for(status, str(answer.get("reason", "")), f"{what}: {status} {answer.get('message', '')}")


def connect(kubeconfig: Path | None = None, context: str | None = None, **options: Any) -> Kubernetes:
    """A client for the cluster of the kubeconfig, or of one of its contexts; without either, for the cluster that this
    process runs in, else for the one that KUBECONFIG names.

    Raises KubernetesError if there is none. Options are those of `Kubernetes`.
    """
    settings = client.Configuration()
    try:
        if kubeconfig is not None or context is not None:
            raise config.ConfigException("a kubeconfig was given")
        config.load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]
    except config.ConfigException:
        path = str(kubeconfig) if kubeconfig else None
        try:
            config.load_kube_config(path, context, client_configuration=settings)  # type: ignore[no-untyped-call]
        except (config.ConfigException, OSError) as error:
            raise KubernetesError(f"no cluster: not inside a pod, and no usable KUBECONFIG: {error}") from error
    # Retries are ours, typed and bounded; the transport's own would multiply the deadlines.
    settings.retries = False
    settings.connection_pool_maxsize = 64
    return Kubernetes(client.ApiClient(settings), **options)


def default_namespace(kubeconfig: Path | None = None, context: str | None = None) -> str:
    """The namespace of the kubeconfig's context, as kubectl takes it; 'default' where it names none."""
    try:
        contexts, current = config.list_kube_config_contexts(str(kubeconfig) if kubeconfig else None)  # type: ignore[no-untyped-call]
    except (config.ConfigException, OSError):
        return "default"
    chosen = current if context is None else next((one for one in contexts if one["name"] == context), {})
    return str((chosen or {}).get("context", {}).get("namespace") or "default")
