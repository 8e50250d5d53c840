"""The small cluster comes up, reports what dies, and leaves nothing behind whatever ended it. Needs no root."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.cluster.kubectl import await_true
from tests.cluster.processes.proc import command_line, running

_DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.test/web:1"}]}
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    name = f"l{os.getpid()}"
    try:
        yield Cluster.up(name, "control-plane")
    finally:
        Cluster(name).down()


def processes_of(cluster: Cluster) -> list[int]:
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [pid for pid in pids if any(str(cluster.run_dir) in word for word in command_line(pid))]


def pid_of(cluster: Cluster, program: str) -> int:
    return next(pid for pid in processes_of(cluster) if Path(command_line(pid)[0]).name == program)


def test_it_runs_pods_and_says_its_true_version(cluster: Cluster) -> None:
    version = json.loads(cluster.kubectl("version", "--output=json"))
    assert version["serverVersion"]["gitVersion"] == version["clientVersion"]["gitVersion"] == "v1.36.3"
    cluster.kubectl.apply(_DEPLOYMENT)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s", timeout=70)
    assert Cluster.up(cluster.name, "control-plane").steps[0]["cached"]


def test_a_component_that_dies_is_restarted_and_reported(cluster: Cluster) -> None:
    os.kill(pid_of(cluster, "kube-scheduler"), signal.SIGKILL)

    def reported() -> bool:
        state = cluster.state
        assert state is not None
        scheduler = state.components["kube-scheduler"]
        return scheduler.status == "ready" and scheduler.restarts == 1 and "signal 9" in scheduler.last_exit

    await_true("The report of the death", reported, 60)


def test_killing_the_supervisor_takes_everything_with_it(cluster: Cluster) -> None:
    assert len(processes_of(cluster)) > 1
    os.kill(running(cluster.run_dir)[0].pid, signal.SIGKILL)
    await_true("The end of all processes", lambda: not processes_of(cluster), 30)
    assert not cluster.down()
    assert not cluster.run_dir.exists()
