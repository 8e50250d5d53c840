"""The facts of this machine that the preflight judges."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from tests.cluster.machine import cgroups
from tests.cluster.machine.preflight import Machine
from tests.cluster.paths import cache_root, clusters_root

_PROGRAMS = ("apt-get", "dpkg-deb", "ip", "mount", "nsenter", "setpriv", "unshare")
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def inspect(size: str) -> Machine:
    """Looks at the machine; changes nothing."""
    path = f"{os.environ.get('PATH', '')}:{_SBIN}"
    root = os.geteuid() == 0
    version, controllers = _cgroups()
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        root=root,
        namespaces=_namespace_problem() if root and size == "node" else "",
        programs=frozenset(name for name in _PROGRAMS if shutil.which(name, path=path)),
        cgroup_version=version,
        cgroup_controllers=controllers,
        cgroup_writable=all(os.access(folder, os.W_OK) for folder in cgroups.hierarchies()),
        free_disk=_free_disk(),
        free_memory=_free_memory(),
        cache_is_warm=any((cache_root() / "bin").glob("kube-apiserver-*")),
    )


def _namespace_problem() -> str:
    """Why this process cannot make the namespaces of a node; empty if it can."""
    try:
        argv = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "true"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except FileNotFoundError:
        return ""  # reported as a missing program
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""


def _cgroups() -> tuple[int | None, frozenset[str]]:
    if cgroups.is_v2():
        return 2, frozenset((cgroups.ROOT / "cgroup.controllers").read_text().split())
    if not cgroups.hierarchies():
        return None, frozenset()
    return 1, frozenset(name for folder in cgroups.hierarchies() for name in folder.name.split(","))


def _free_disk() -> int | None:
    """The least that is free where the cache and the run directories are, in bytes."""
    found = []
    for folder in (cache_root(), clusters_root()):
        present = next(path for path in (folder, *folder.parents) if path.exists())
        found.append(shutil.disk_usage(present).free)
    return min(found)


def _free_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    kibibytes = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)
    return kibibytes * 1024 if kibibytes is not None else None
