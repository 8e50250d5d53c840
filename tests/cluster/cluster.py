"""One local cluster: bring it up, ask it, take it down."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.cluster import cgroups, paths, processes
from tests.cluster.containerd import Containerd
from tests.cluster.debian import find_packages
from tests.cluster.errors import ClusterError
from tests.cluster.kubectl import Kubectl
from tests.cluster.loopback import start_loopback
from tests.cluster.machine import inspect
from tests.cluster.network import disconnect
from tests.cluster.node_up import cgroup_name, start_node
from tests.cluster.operator_image import find_operator_image
from tests.cluster.preflight import require
from tests.cluster.progress import FinishedStep, Progress, Reporter, silent
from tests.cluster.state import State, read_state

Size = Literal["node", "control-plane"]


@dataclass
class Cluster:
    """A cluster by its name. `steps` are those of the `up` that made this object, for reports."""

    name: str
    steps: list[FinishedStep] = field(default_factory=list)

    @property
    def run_dir(self) -> Path:
        return paths.run_dir(self.name)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.run_dir / "kubeconfig"

    @property
    def kubectl(self) -> Kubectl:
        return Kubectl(self.run_dir / "bin" / "kubectl", self.kubeconfig)

    @property
    def environment(self) -> dict[str, str]:
        """What a shell needs to work with the cluster; PATH is what belongs in front of the present one."""
        return {"KUBECONFIG": str(self.kubeconfig), "PATH": str(self.run_dir / "bin")}

    @property
    def state(self) -> State | None:
        """What the supervisor last wrote; None when there is no cluster."""
        return read_state(self.run_dir)

    @property
    def running(self) -> bool:
        return bool(processes.running(self.run_dir))

    @contextmanager
    def reach(self, namespace: str, target: str, port: int) -> Iterator[str]:
        """HOST:PORT by which this process reaches a port of `service/x` or `pod/y`: here the address itself."""
        kind, _, name = target.partition("/")
        path = {"service": "{.spec.clusterIP}", "pod": "{.status.podIP}"}[kind]
        address = self.kubectl("get", kind, name, f"--namespace={namespace}", f"--output=jsonpath={path}")
        yield f"{address}:{port}"

    @staticmethod
    def up(name: str, size: Size = "node", report: Reporter = silent) -> Cluster:
        """Brings a cluster up, or finds it running. After a failure or Ctrl-C nothing is left of it but its logs."""
        cluster = Cluster(name)
        progress = Progress(report)
        with cluster._alone():
            if not cluster._reusable(size, progress):
                cluster._start(size, progress)
        cluster.steps = progress.finished
        return cluster

    def down(self) -> bool:
        """Takes the cluster down, whatever state it is in. Returns whether anything of it was running."""
        with self._alone():
            was_running = self._clear()
            shutil.rmtree(self.run_dir, ignore_errors=True)
        return was_running

    def _reusable(self, size: Size, progress: Progress) -> bool:
        state = self.state
        if state is None or not self._complete.exists() or not self.running:
            return False
        if state.size != size or not state.all_ready:
            return False
        with progress.step(f"find the running cluster {self.name}") as step:
            step.cached = True
        return True

    def load_operator(self, report: Reporter = silent) -> list[FinishedStep]:
        """Builds the operator's image from the checkout's Dockerfile and gives it to the node. Returns the steps."""
        progress = Progress(report)
        packages = find_packages(progress)
        archive = find_operator_image(packages, progress)
        with progress.step(f"import image {archive.name}"):
            Containerd(self.run_dir, packages).load(archive.path)
        return progress.finished

    def load_image(self, archive: Path) -> None:
        """Gives the node an image from an OCI or Docker archive."""
        Containerd(self.run_dir, find_packages(Progress())).load(archive)

    def _start(self, size: Size, progress: Progress) -> None:
        require(inspect(size), size)
        if self.running:
            with progress.step(f"remove what is left of {self.name}"):
                self._clear()
        self._clear()
        shutil.rmtree(self.run_dir, ignore_errors=True)
        for folder in ("bin", "data", "logs"):
            (self.run_dir / folder).mkdir(parents=True)
        try:
            start = start_node if size == "node" else start_loopback
            start(self.name, self.run_dir, progress)
            self._complete.touch()
        except BaseException:
            self._clear()
            self._keep_only_logs()
            raise

    def _keep_only_logs(self) -> None:
        """Removes keys, data and images of a cluster that did not come up; what explains it stays."""
        for item in self.run_dir.iterdir():
            if item.is_dir() and not item.is_symlink() and item.name not in ("logs", "pod-logs"):
                shutil.rmtree(item, ignore_errors=True)
            elif not item.is_dir():
                item.unlink()

    @property
    def _complete(self) -> Path:
        """Exists once everything that `up` promises is there."""
        return self.run_dir / "complete"

    def _clear(self) -> bool:
        """Ends the processes, and removes what does not go with them by itself."""
        state = self.state
        was_running = processes.end(self.run_dir)
        if state is not None and "link" in state.facts:
            disconnect(state.facts["link"])
        if os.geteuid() == 0:
            cgroups.remove(cgroup_name(self.run_dir))
        return was_running

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock of this name, so that two commands never work on one cluster at once."""
        self.run_dir.parent.mkdir(parents=True, exist_ok=True)
        with (self.run_dir.parent / f".{self.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ClusterError(
                    f"Another command is working on the cluster {self.name}.", "Wait until it has ended."
                ) from None
            yield


def all_clusters() -> list[Cluster]:
    """Every cluster of this checkout that has a run directory or a live supervisor."""
    root = paths.clusters_root()
    names = {folder.name for folder in root.iterdir() if folder.is_dir()} if root.is_dir() else set()
    names |= {found.run_dir.name for found in processes.supervisors() if found.run_dir.parent == root}
    return [Cluster(name) for name in sorted(names)]
