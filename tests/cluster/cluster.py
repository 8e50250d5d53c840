"""One local cluster: bring it up, ask it, take it down."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TextIO

from tests.cluster import paths
from tests.cluster.builds.binaries import FORMER, find_binaries
from tests.cluster.builds.debian import find_packages
from tests.cluster.components.containerd import Containerd
from tests.cluster.disk import named_when_full
from tests.cluster.errors import ClusterError
from tests.cluster.images.node_images import find_former_weaviate
from tests.cluster.images.operator_image import find_operator_image
from tests.cluster.kubectl import Kubectl
from tests.cluster.machine.facts import inspect
from tests.cluster.machine.preflight import require
from tests.cluster.processes import proc
from tests.cluster.processes.state import State, read_state
from tests.cluster.progress import FinishedStep, Progress, Reporter, silent
from tests.cluster.startup.loopback import start_loopback
from tests.cluster.startup.node_up import start_node
from tests.cluster.teardown import removal

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
        return bool(proc.running(self.run_dir))

    @contextmanager
    def reach(self, namespace: str, target: str, port: int) -> Iterator[str]:
        """HOST:PORT by which this process reaches a port of `service/x` or `pod/y`: here the address itself."""
        kind, _, name = target.partition("/")
        path = {"service": "{.spec.clusterIP}", "pod": "{.status.podIP}"}[kind]
        address = self.kubectl("get", kind, name, f"--namespace={namespace}", f"--output=jsonpath={path}")
        yield f"{address}:{port}"

    @staticmethod
    def up(name: str, size: Size = "node", report: Reporter = silent) -> Cluster:
        """Brings a cluster up, or finds it running.

        After a failure nothing is left of it but logs, if there are any; after Ctrl-C nothing at all.
        """
        cluster = Cluster(name)
        progress = Progress(report)
        with named_when_full(), cluster._alone():
            if not cluster._reusable(size, progress):
                cluster._start(size, progress)
        cluster.steps = progress.finished
        return cluster

    def down(self) -> bool:
        """Takes the cluster down, whatever state it is in. Returns whether anything of it was running.

        Raises ClusterError when something of it stays, naming it and what to do.
        """
        with self._alone():
            was_running = removal.clear(self.run_dir)
            removal.remove(self.run_dir)
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
        with named_when_full():
            packages = find_packages(progress)
            archive = find_operator_image(packages, progress)
        with progress.step(f"import image {archive.name}"):
            Containerd(self.run_dir, packages).load(archive.path)
        return progress.finished

    def load_former_weaviate(self, report: Reporter = silent) -> None:
        """Builds the Weaviate that upgrades begin from, and gives it to the node."""
        progress = Progress(report)
        with named_when_full():
            packages = find_packages(progress)
            program = find_binaries((FORMER,), progress)["weaviate"]
            archive = find_former_weaviate(program, packages, progress)
        with progress.step(f"import image {archive.name}"):
            Containerd(self.run_dir, packages).load(archive.path)

    def load_image(self, archive: Path) -> None:
        """Gives the node an image from an OCI or Docker archive."""
        Containerd(self.run_dir, find_packages(Progress())).load(archive)

    def _start(self, size: Size, progress: Progress) -> None:
        require(inspect(size), size)
        if self.running:
            with progress.step(f"remove what is left of {self.name}"):
                removal.clear(self.run_dir)
        removal.clear(self.run_dir)
        removal.remove(self.run_dir)
        try:
            for folder in ("bin", "data", "logs"):
                (self.run_dir / folder).mkdir(parents=True)
            start = start_node if size == "node" else start_loopback
            start(self.name, self.run_dir, progress)
            self._complete.touch()
        except BaseException as error:
            with _to_the_end():
                self._undo(error)
            raise

    def _undo(self, error: BaseException) -> None:
        """Takes away what there is of a cluster that did not come up; what stays is told with the error."""
        try:
            removal.clear(self.run_dir)
            if isinstance(error, Exception):
                removal.keep_logs(self.run_dir)
            else:
                removal.remove(self.run_dir)
        except ClusterError as left:
            raise ClusterError(f"{error or 'Stopped.'} And then: {left.problem}", left.remedy, left.details) from error

    @property
    def _complete(self) -> Path:
        """Exists once everything that `up` promises is there."""
        return self.run_dir / "complete"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock of this name, so that two commands never work on one cluster at once."""
        path = self.run_dir.parent / f".{self.name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path) as lock:
            if lock is None:
                problem = f"Another command is working on the cluster {self.name}."
                raise ClusterError(problem, "Wait until it has ended.")
            try:
                yield
            finally:
                if not self.run_dir.exists():
                    path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[TextIO | None]:
    """The open lock file, or None if somebody else has it locked."""
    while True:
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            # Whoever had it before may have removed it between our two steps.
            if path.exists() and os.path.samestat(path.stat(), os.fstat(lock.fileno())):
                yield lock
                return


@contextmanager
def _to_the_end() -> Iterator[None]:
    """People press Ctrl-C twice; cleaning up goes on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def all_clusters() -> list[Cluster]:
    """Every cluster of this checkout that has a run directory or a live supervisor."""
    root = paths.clusters_root()
    names = {folder.name for folder in root.iterdir() if folder.is_dir()} if root.is_dir() else set()
    names |= {found.run_dir.name for found in proc.supervisors() if found.run_dir.parent == root}
    return [Cluster(name) for name in sorted(names)]
