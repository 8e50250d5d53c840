"""Objects of a cluster as Python values, on top of the cluster's kubectl; for tests, benches and the demo."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tests.cluster.kubectl import Kubectl

Found = TypeVar("Found")

_POLL_SECONDS = 0.25


def apply(kubectl: Kubectl, *objects: Mapping[str, Any]) -> None:
    """Apply objects, server-side, as the user would from Git."""
    body = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    kubectl("apply", "--server-side", "--field-manager=git", "--force-conflicts", "-f", "-", text=body)


def get(kubectl: Kubectl, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
    """The object, or None when there is none."""
    scope = ["-n", namespace] if namespace else []
    text = kubectl("get", kind, name, *scope, "-o", "json", "--ignore-not-found")
    return json.loads(text) if text.strip() else None


def list_objects(kubectl: Kubectl, kind: str, namespace: str, selector: str = "") -> list[dict[str, Any]]:
    """The objects of a kind in a namespace."""
    text = kubectl("get", kind, "-n", namespace, "-l", selector, "-o", "json")
    items: list[dict[str, Any]] = json.loads(text)["items"]
    return items


def delete(kubectl: Kubectl, kind: str, name: str, namespace: str | None = None, timeout: float = 90.0) -> None:
    """Delete an object and wait until it is gone."""
    scope = ["-n", namespace] if namespace else []
    words = ("delete", kind, name, *scope, "--ignore-not-found", f"--timeout={timeout:.0f}s")
    kubectl(*words, timeout=timeout + 10)


def wait_for(what: str, look: Callable[[], Found | None], timeout: float) -> Found:
    """Look again and again until there is something. Raises TimeoutError that names what was waited for."""
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:.0f} s for {what}")
        time.sleep(_POLL_SECONDS)


def condition(resource: Mapping[str, Any] | None, kind: str) -> Mapping[str, Any]:
    """A condition of an object by its type; an empty mapping when it has none."""
    conditions = ((resource or {}).get("status") or {}).get("conditions") or []
    return next((found for found in conditions if found.get("type") == kind), {})
