"""The cgroup that all pods of a cluster live under, on version 1 and version 2 of the interface.

Real nodes ran on version 1 (hybrid). Version 2 is tested on folders that look like it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.cluster.errors import ClusterError

ROOT = Path("/sys/fs/cgroup")
_NEEDED_V2 = ("cpu", "memory", "pids")
_GONE_SECONDS = 20.0


def is_v2(root: Path = ROOT) -> bool:
    """Whether the machine has the unified hierarchy; a hybrid one counts as version 1, as it does for kubelet."""
    return (root / "cgroup.controllers").is_file()


def hierarchies(root: Path = ROOT) -> list[Path]:
    """The folders below which groups are made: one for version 2, one for each controller for version 1."""
    if is_v2(root):
        return [root]
    # `cpu` may be a link to `cpu,cpuacct`, and several names may be one hierarchy.
    folders = {folder.resolve() for folder in root.iterdir() if folder.is_dir()} if root.is_dir() else set()
    return sorted(folder for folder in folders if (folder / "cgroup.procs").exists())


def make(group: str, root: Path = ROOT) -> None:
    """Makes the group in every hierarchy, with its controllers working."""
    if is_v2(root):
        _enable_controllers(root)
    for hierarchy in hierarchies(root):
        (hierarchy / group).mkdir(exist_ok=True)
        # Version 1 lets no process into a cpuset whose processors and memory nodes are not named.
        for file in ("cpuset.cpus", "cpuset.mems"):
            if not is_v2(root) and (hierarchy / file).exists():
                (hierarchy / group / file).write_text((hierarchy / file).read_text())


def _enable_controllers(root: Path) -> None:
    available = (root / "cgroup.controllers").read_text().split()
    missing = [name for name in _NEEDED_V2 if name not in available]
    wanted = " ".join(f"+{name}" for name in available if name in (*_NEEDED_V2, "cpuset", "io", "hugetlb"))
    try:
        (root / "cgroup.subtree_control").write_text(wanted)
    except OSError as error:
        missing.append(str(error))
    if missing:
        raise ClusterError(
            f"The cgroup controllers that pods need cannot be used ({', '.join(missing)}).",
            "Run on the host itself, or give the container its own cgroup namespace with write access.",
        )


def present(group: str, root: Path = ROOT) -> list[Path]:
    """The folders of the group that exist."""
    return [hierarchy / group for hierarchy in hierarchies(root) if (hierarchy / group).is_dir()]


def processes_in(top: Path) -> list[int]:
    """Who is in the group at `top` or in one below it."""
    return [int(word) for file in sorted(top.rglob("cgroup.procs")) for word in _words(file)]


def remove(group: str, root: Path = ROOT) -> None:
    """Removes the group with everything below it, waiting for the last processes to be gone from it."""
    for top in present(group, root):
        deadline = time.monotonic() + _GONE_SECONDS
        while top.is_dir() and not _removed(top):
            if time.monotonic() > deadline:
                who = ", ".join(str(pid) for pid in processes_in(top))
                raise ClusterError(
                    f"The cgroup {top} still has the processes {who}.", "End them, then run `down` again."
                )
            time.sleep(0.05)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []  # the group went away meanwhile


def _removed(top: Path) -> bool:
    for folder, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True
