"""kubectl for tests, benches and the demo: what a user would type, with results as Python values."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Found = TypeVar("Found")

_CALL_SECONDS = 60.0
_POLL_SECONDS = 0.25


class KubectlError(Exception):
    """kubectl said no; the message is what it said."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl with one kubeconfig. Every call has a deadline."""

    binary: Path | str
    kubeconfig: Path | str

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = _CALL_SECONDS) -> str:
        """Run kubectl and return what it printed. Raises KubectlError with what it said when it fails."""
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        finished = subprocess.run(
            [str(self.binary), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            check=False,
        )
        if finished.returncode != 0:
            raise KubectlError(f"kubectl {' '.join(arguments)}: {finished.stderr.strip()}")
        return finished.stdout

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Apply objects, server-side, as the user."""
        body = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.run("apply", "--server-side", "--field-manager=git", "--force-conflicts", "-f", "-", stdin=body)

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """The object, or None when there is none."""
        scope = ["-n", namespace] if namespace else []
        text = self.run("get", kind, name, *scope, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text.strip() else None

    def list(self, kind: str, namespace: str, selector: str = "") -> list[dict[str, Any]]:
        """The objects of a kind in a namespace."""
        text = self.run("get", kind, "-n", namespace, "-l", selector, "-o", "json")
        items: list[dict[str, Any]] = json.loads(text)["items"]
        return items

    def delete(self, kind: str, name: str, namespace: str | None = None, timeout: float = 90.0) -> None:
        """Delete an object and wait until it is gone."""
        scope = ["-n", namespace] if namespace else []
        self.run("delete", kind, name, *scope, "--ignore-not-found", f"--timeout={timeout:.0f}s", timeout=timeout + 10)


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
