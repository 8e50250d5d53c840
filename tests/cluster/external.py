"""Any other cluster, with the same interface: kind, minikube, a real one. Chosen by VECTORTIER_CLUSTER=external."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from tests.cluster.errors import ClusterError
from tests.cluster.kubectl import Kubectl

_FORWARD_SECONDS = 20.0
_FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")


def is_external() -> bool:
    """Whether the environment asks for a cluster that is not ours."""
    return os.environ.get("VECTORTIER_CLUSTER") == "external"


@dataclass(frozen=True)
class ExternalCluster:
    """A cluster that somebody else brings up and takes down."""

    kubeconfig: Path
    command: Path

    @staticmethod
    def from_environment() -> ExternalCluster:
        """The cluster of KUBECONFIG, with the kubectl on PATH."""
        kubeconfig = os.environ.get("KUBECONFIG")
        if not kubeconfig or not Path(kubeconfig).is_file():
            problem = "VECTORTIER_CLUSTER=external needs KUBECONFIG to name one existing file."
            raise ClusterError(problem, "Set KUBECONFIG to the cluster's kubeconfig.")
        command = shutil.which("kubectl")
        if command is None:
            raise ClusterError("VECTORTIER_CLUSTER=external needs kubectl.", "Install kubectl and put it on PATH.")
        return ExternalCluster(Path(kubeconfig), Path(command))

    @property
    def kubectl(self) -> Kubectl:
        return Kubectl(self.command, self.kubeconfig)

    @contextmanager
    def reach(self, namespace: str, target: str, port: int) -> Iterator[str]:
        """HOST:PORT by which this process reaches a port of `target` (`service/x`, `pod/y`) while the block runs."""
        words = ["port-forward", f"--namespace={namespace}", target, f":{port}", "--address=127.0.0.1"]
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        process = subprocess.Popen(
            [str(self.command), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        try:
            yield f"127.0.0.1:{_local_port(process, f'{namespace}/{target}:{port}')}"
        finally:
            process.kill()
            process.wait()


def _local_port(process: subprocess.Popen[str], what: str) -> int:
    """The port that kubectl chose, which it prints first."""
    lines: Queue[str] = Queue()
    Thread(target=_collect, args=(process, lines), daemon=True).start()
    heard = ""
    try:
        while found := lines.get(timeout=_FORWARD_SECONDS):
            heard += found
            if match := _FORWARDING.search(found):
                return int(match.group(1))
    except Empty:
        heard += f"nothing within {_FORWARD_SECONDS:.0f} s"
    raise ClusterError(f"{what} cannot be reached: {heard.strip()}", "See `kubectl port-forward`.")


def _collect(process: subprocess.Popen[str], lines: Queue[str]) -> None:
    """Reads all output, also after the first line, so that kubectl never waits for its reader."""
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")
