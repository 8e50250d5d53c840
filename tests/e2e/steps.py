"""The operator killed in the middle of a step: at the moment at which the journal says that it is about to be taken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator

from tests.cluster import Cluster
from tests.e2e.faults import kill_operator, operator_process
from tests.objects import wait_for
from tests.tiers import Tier

_STARTED_SECONDS = 60.0
_END = "=="


def kill_in_step(cluster: Cluster, tier: Tier, step: str, timeout: float) -> bool:
    """Kill the operator as soon as a step of this name is journalled; whether that was before the step was done.

    A step may take no longer than a few tenths of a second: the journal is watched, and the process ends at once.
    """
    operator = wait_for("an operator to run", lambda: operator_process(cluster), _STARTED_SECONDS)
    words = ["-n", tier.namespace, "get", "configmap", f"{tier.name}-operations", "--watch", "-o"]
    command = [str(tier.kubectl.command), *words, rf'jsonpath={{.data.operation\.json}}{{"\n{_END}\n"}}']
    environment = {**os.environ, "KUBECONFIG": str(tier.kubectl.kubeconfig)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as watch:
        deadline = threading.Timer(timeout, watch.kill)
        deadline.start()
        try:
            found = any(_is_journalled(operation, step) for operation in _operations(watch.stdout or ()))
            if found:
                os.kill(operator, signal.SIGKILL)
        finally:
            deadline.cancel()
            watch.kill()
    if not found:
        raise TimeoutError(f"waited {timeout:.0f} s for the step {step} to be journalled")
    # Another pod in its place: a container that dies again and again is started ever later.
    kill_operator(cluster)
    return _is_journalled(json.dumps(tier.journal["operation"]), step)


def _operations(lines: Iterable[str]) -> Iterator[str]:
    """The operation each time that the journal was written; empty where there is none."""
    read: list[str] = []
    for line in lines:
        if line.strip() != _END:
            read.append(line)
            continue
        yield "".join(read)
        read.clear()


def _is_journalled(operation: str, step: str) -> bool:
    steps = (json.loads(operation) or {}).get("steps", ()) if operation.strip() else ()
    return any(one["name"] == step and one["state"] == "Journalled" for one in steps)
