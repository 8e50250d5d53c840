"""kubectl with a deadline, and waiting for what the cluster does by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.run import run


@dataclass(frozen=True)
class Kubectl:
    """A kubectl bound to one cluster."""

    command: Path
    kubeconfig: Path

    def __call__(self, *words: str, text: str | None = None, timeout: float = 60.0) -> str:
        """Standard output of kubectl; `text` is its standard input (`apply -f -`)."""
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        return run([self.command, *words], timeout=timeout, environment=environment, text=text)

    def apply(self, manifest: str | Path) -> None:
        """Server-side applies a file, or YAML text."""
        words = ("apply", "--server-side", "--force-conflicts", "--field-manager=vectortier-cluster", "-f")
        if isinstance(manifest, Path):
            self(*words, str(manifest))
        else:
            self(*words, "-", text=manifest)


def await_true(what: str, is_so: Callable[[], bool], timeout: float) -> None:
    """Asks again and again until it is so; raises ClusterError naming `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    last = ""
    while True:
        try:
            if is_so():
                return
        except ClusterError as error:
            last = str(error)
        if time.monotonic() > deadline:
            raise ClusterError(f"{what} did not happen within {timeout:.0f} s. {last}".strip())
        time.sleep(0.1)
