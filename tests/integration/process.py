"""The operator as a process of its own, to be stopped, frozen and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.cluster.network.ports import free_ports


class OperatorProcess:
    """A running `vectortier run`."""

    def __init__(self, kubeconfig: Path, log: Path, arguments: tuple[str, ...], name: str) -> None:
        self.name, self.log = name, log
        self.probe_port, self.metrics_port, self.xds_port = free_ports(3)
        command = [
            str(Path(sys.executable).with_name("vectortier")),
            "run",
            f"--probe-port={self.probe_port}",
            f"--metrics-port={self.metrics_port}",
            f"--xds-port={self.xds_port}",
            *arguments,
        ]
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "POD_NAME": name}
        environment.pop("POD_NAMESPACE", None)
        self._process = subprocess.Popen(command, stderr=log.open("wb"), env=environment)

    @property
    def pid(self) -> int:
        return self._process.pid

    def await_ready(self, seconds: float = 120.0) -> OperatorProcess:
        """Return once /readyz says so. AssertionError with the log's end if it does not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            if self.probe("/readyz") == 200:
                return self
            time.sleep(0.05)
        raise AssertionError(f"{self.name} is not ready; the end of its log:\n{self.log.read_text()[-2000:]}")

    def probe(self, path: str) -> int | None:
        """The status of a probe; None when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.probe_port}{path}", timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def metrics(self) -> str:
        """The operator's metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=2) as answer:
            return str(answer.read().decode())

    def leads(self) -> bool:
        """Whether this process says that it leads."""
        return "\nvectortier_leader 1.0" in self.metrics()

    def terminate(self, seconds: float = 20.0) -> int:
        """Ask it to stop and wait; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(seconds)

    def kill(self) -> None:
        """End it at once, as a crash does. Does nothing if it has ended."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
        self._process.wait(10)

    def freeze(self) -> None:
        """Stop it from running without ending it."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self._process.send_signal(signal.SIGCONT)
