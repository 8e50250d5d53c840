"""An observer of its own: when did the StatefulSet of a tier carry a value that was written into the spec?"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from types import TracebackType

from tests.cluster.kubectl import Kubectl

_STOP_SECONDS = 5.0


class ChildWatch:
    """`kubectl get --watch` on one StatefulSet; it knows nothing of the operator. Times are of the monotonic clock."""

    def __init__(self, kubectl: Kubectl, namespace: str, name: str, variable: str) -> None:
        value = f'{{.spec.template.spec.containers[0].env[?(@.name=="{variable}")].value}}'
        words = ("get", "statefulset", name, "-n", namespace, "--watch", "-o", f'jsonpath={value}{{"\\n"}}')
        environment = {**os.environ, "KUBECONFIG": str(kubectl.kubeconfig)}
        self._process = subprocess.Popen([kubectl.command, *words], stdout=subprocess.PIPE, text=True, env=environment)
        self._seen: dict[str, float] = {}
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> ChildWatch:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(_STOP_SECONDS)
        self._reader.join(_STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def when(self, value: str, timeout: float) -> float | None:
        """When the value was first seen; None when it was not within `timeout` seconds from now."""
        with self._news:
            self._news.wait_for(lambda: value in self._seen, timeout)
            return self._seen.get(value)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            now = time.monotonic()
            with self._news:
                self._seen.setdefault(line.strip(), now)
                self._news.notify_all()
