"""Looking before leaping: what a size needs from the machine. Pure; facts.py gathers what it judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.cluster.errors import ClusterError

GIB = 2**30
# Cold, with Go's own caches; warm runs need the second figure for containers and volumes.
_COLD_DISK = {"node": 12 * GIB, "control-plane": 8 * GIB}
_WARM_DISK = {"node": 3 * GIB, "control-plane": GIB}
_MEMORY = {"node": 4 * GIB, "control-plane": 2 * GIB}
_PROGRAMS = {
    "node": ("apt-get", "dpkg-deb", "ip", "mount", "nsenter", "setpriv", "unshare"),
    "control-plane": ("setpriv",),
}
_CONTROLLERS = ("cpu", "memory", "pids")


@dataclass(frozen=True)
class Machine:
    """The facts that decide whether a cluster can run. Sizes are bytes; None means that it could not be learned."""

    system: str
    architecture: str
    root: bool
    namespaces: str
    programs: frozenset[str]
    cgroup_version: int | None
    cgroup_controllers: frozenset[str]
    cgroup_writable: bool
    free_disk: int | None
    free_memory: int | None
    cache_is_warm: bool


@dataclass(frozen=True)
class Problem:
    """What is wrong, in one sentence, and what to do about it, in another."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}"


def problems(machine: Machine, size: str) -> list[Problem]:
    """Everything that stands in the way of a cluster of this size, the most basic first."""
    found = list(_platform(machine))
    if found:
        return found
    if size == "node":
        found += _privileges(machine)
    missing = [name for name in _PROGRAMS[size] if name not in machine.programs]
    if missing:
        found.append(Problem(f"Programs are missing: {', '.join(missing)}.", _how_to_install(missing)))
    if size == "node":
        found += _cgroups(machine)
    return found + list(_room(machine, size))


def _platform(machine: Machine) -> Iterator[Problem]:
    other = "Set VECTORTIER_CLUSTER=external and KUBECONFIG to use another cluster."
    if machine.system != "Linux":
        yield Problem(f"The local cluster runs on Linux only, and this is {machine.system}.", other)
    elif machine.architecture != "x86_64":
        yield Problem(f"The local cluster is made for x86_64, and this is {machine.architecture}.", other)


def _privileges(machine: Machine) -> Iterator[Problem]:
    if not machine.root:
        yield Problem("A node needs root.", "Run it as root, or use --size control-plane, which does not.")
    elif machine.namespaces:
        yield Problem(
            f"This machine refuses to make namespaces ({machine.namespaces}).",
            "Run it on the host, or give the container the capabilities SYS_ADMIN and NET_ADMIN (`--privileged`).",
        )


def _how_to_install(missing: list[str]) -> str:
    packages = {"ip": "iproute2", "apt-get": "apt", "dpkg-deb": "dpkg"}
    names = sorted({packages.get(name, "util-linux") for name in missing})
    return f"Install {', '.join(names)}."


def _cgroups(machine: Machine) -> Iterator[Problem]:
    if machine.cgroup_version is None:
        yield Problem("No cgroups are mounted at /sys/fs/cgroup.", "Mount cgroup2 there, as systemd does.")
        return
    missing = [name for name in _CONTROLLERS if name not in machine.cgroup_controllers]
    if missing:
        yield Problem(
            f"The cgroup controllers {', '.join(missing)} are not available (version {machine.cgroup_version}).",
            "Enable them on the kernel's command line, or run outside of the container that hides them.",
        )
    if machine.root and not machine.cgroup_writable:
        yield Problem("/sys/fs/cgroup is read-only.", "Run it on the host, or in a privileged container.")


def _room(machine: Machine, size: str) -> Iterator[Problem]:
    needed = (_WARM_DISK if machine.cache_is_warm else _COLD_DISK)[size]
    if machine.free_disk is not None and machine.free_disk < needed:
        yield Problem(
            f"The disk has {machine.free_disk / GIB:.1f} GiB free and this needs {needed / GIB:.0f} GiB.",
            "Free some, or set VECTORTIER_CACHE to a folder on a larger disk.",
        )
    if machine.free_memory is not None and machine.free_memory < _MEMORY[size]:
        yield Problem(
            f"{machine.free_memory / GIB:.1f} GiB of memory are free and this needs {_MEMORY[size] / GIB:.0f} GiB.",
            "Stop other programs.",
        )


def require(machine: Machine, size: str) -> None:
    """Raises ClusterError with the first problem, if there is one."""
    found = problems(machine, size)
    if found:
        raise ClusterError(found[0].what, found[0].remedy)
