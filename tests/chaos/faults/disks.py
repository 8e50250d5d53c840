"""The disk of the node that is copied to is full, for a while."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults.fault import Stage
from tests.chaos.nodes import MissedError
from tests.chaos.subject import NAMESPACE, Subject
from tests.cluster import ClusterError
from tests.cluster.processes import proc
from tests.cluster.processes.isolation import HOME
from tests.cluster.run import run
from tests.objects import get

FULL_SECONDS = 40.0
_MEBIBYTES = 192
_BEGUN_SECONDS = 240.0
_MADE_SECONDS = 180.0
_POLL_SECONDS = 0.01
_GONE_EVERY_SECONDS = 10.0
_NEWCOMER = 2


def full(stage: Stage) -> None:
    """The newcomer's volume becomes a small file system as soon as it is made; not a byte of it is free from the moment
    that something is about to be copied there."""
    volume = _Volume.of_newcomer(stage.subject)
    volume.become_small()
    stage.toll.await_write("journal: Copy Journalled", stage.began, _BEGUN_SECONDS)
    stage.invariants.struck.add(stage.subject.node(_NEWCOMER))
    with volume.filled():
        stage.hits.append(f"the disk of {stage.subject.node(_NEWCOMER)} was full from the step Copy on")
        time.sleep(FULL_SECONDS)


@dataclass(frozen=True)
class _Volume:
    """The folder that a claim is bound to, as the cluster's first process sees it."""

    subject: Subject
    first: int
    """The id of that process on this machine."""
    name: str

    @classmethod
    def of_newcomer(cls, subject: Subject) -> _Volume:
        """Wait for the one that is made now. Raises MissedError."""
        run_dir = subject.cluster.run_dir
        first = next(one.pid for one in proc.running(run_dir) if proc.is_first_process(one.pid))
        folder, pattern = Path(f"/proc/{first}/root{HOME}/volumes"), f"*_{NAMESPACE}_data-{subject.node(_NEWCOMER)}"
        former, end = set(folder.glob(pattern)), time.monotonic() + _MADE_SECONDS
        while time.monotonic() < end:
            for found in set(folder.glob(pattern)) - former:
                return cls(subject, first, found.name)
            time.sleep(_POLL_SECONDS)
        raise MissedError(f"no volume was made for {subject.node(_NEWCOMER)} within {_MADE_SECONDS:.0f} s")

    def become_small(self) -> None:
        """A file system of its own, before any container has seen the folder. It goes when Kubernetes lets go of it."""
        self._inside("mount", "-t", "tmpfs", "-o", f"size={_MEBIBYTES}m,mode=777", "tmpfs", self._path)
        threading.Thread(target=self._go_in_time, daemon=True).start()

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Raises MissedError where the node does not use the small one."""
        folder = Path(f"/proc/{self.first}/root{self._path}")
        if not any(folder.iterdir()):
            raise MissedError("the node had its volume before that became small")
        ballast = folder / "ballast"
        with ballast.open("wb") as file:
            free = os.statvfs(folder)
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
        try:
            yield
        finally:
            ballast.unlink()

    @property
    def _path(self) -> Path:
        return HOME / "volumes" / self.name

    def _go_in_time(self) -> None:
        volume = self.name.partition("_")[0]
        while True:
            time.sleep(_GONE_EVERY_SECONDS)
            try:
                found = get(self.subject.cluster.kubectl, "persistentvolume", volume)
                if found is None or found["status"].get("phase") != "Bound":
                    self._inside("umount", "--lazy", self._path)
                    return
            except ClusterError:
                if not Path(f"/proc/{self.first}").exists():
                    return

    def _inside(self, *words: object) -> None:
        run(["nsenter", "--target", str(self.first), "--mount", "--pid", "--", *words], timeout=10)
