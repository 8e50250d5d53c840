"""Talking to the cluster's containerd from outside of its namespaces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.cluster.builds.debian import Unpacked
from tests.cluster.components.node import SOCKET, snapshotter
from tests.cluster.errors import ClusterError
from tests.cluster.processes import proc
from tests.cluster.run import run


@dataclass(frozen=True)
class Containerd:
    """The containerd of the cluster in `run_dir`."""

    run_dir: Path
    packages: Unpacked

    def load(self, archive: Path) -> None:
        """Imports an OCI or Docker archive, so that pods can name its image."""
        self._ctr("images", "import", "--snapshotter", snapshotter(self.run_dir), "--", str(archive.resolve()))

    def images(self) -> list[str]:
        """The names of all images that pods can use."""
        return self._ctr("images", "list", "--quiet").split()

    def _ctr(self, *words: str) -> str:
        inside = ["nsenter", "--target", str(self._first_process()), "--mount", "--"]
        command = [str(self.packages.program("ctr")), "--address", SOCKET, "--namespace", "k8s.io", *words]
        return run([*inside, *command], timeout=180, environment=self.packages.environment)

    def _first_process(self) -> int:
        """The supervisor itself, not the `unshare` that waits for it in the host's namespaces."""
        found = [one.pid for one in proc.running(self.run_dir) if proc.is_first_process(one.pid)]
        if not found:
            raise ClusterError(f"The cluster {self.run_dir.name} is not running.", "Bring it up first.")
        return found[0]
