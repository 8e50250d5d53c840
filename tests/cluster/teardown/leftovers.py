"""What a cluster has on this machine, and could leave behind. Each is found by a mark that only this cluster has."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.cluster.machine import cgroups
from tests.cluster.network.links import own_links
from tests.cluster.paths import label
from tests.cluster.processes import proc
from tests.cluster.processes.state import read_state
from tests.cluster.run import run


@dataclass(frozen=True)
class Leftover:
    """Something of a cluster that is still there, and what a person can do about it."""

    what: str
    remedy: str


class Namespaces:
    """The namespaces of a running node, held open: the kernel gives their numbers to nobody else meanwhile.

    Empty for a cluster without any of its own, or one that does not run.
    """

    def __init__(self, run_dir: Path) -> None:
        self._handles: dict[str, int] = {}
        for one in proc.running(run_dir):
            if proc.is_first_process(one.pid):
                self._hold(one.pid)

    def _hold(self, pid: int) -> None:
        for kind in ("net", "mnt"):
            try:
                self._handles[kind] = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
            except OSError:
                return  # it has just ended, or belongs to somebody else

    def __enter__(self) -> Namespaces:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for handle in self._handles.values():
            os.close(handle)

    @property
    def names(self) -> set[str]:
        """As the mount table has them: `net:[4026532000]`."""
        return {f"{kind}:[{os.fstat(handle).st_ino}]" for kind, handle in self._handles.items()}

    def inhabitants(self) -> list[int]:
        """The processes inside, whoever started them."""
        return [pid for pid in proc.all_processes() if self.names & _namespaces_of(pid)]


def _namespaces_of(pid: int) -> set[str]:
    try:
        return {os.readlink(f"/proc/{pid}/ns/{kind}") for kind in ("net", "mnt")}
    except OSError:
        return set()


def leftovers(run_dir: Path, namespaces: Namespaces) -> list[Leftover]:
    """All that there is of a cluster now, without its run directory; nothing for one that is down."""
    return [
        *_processes(run_dir, namespaces),
        *_mounts(run_dir, namespaces.names),
        *_cgroups(label(run_dir)),
        *_links(run_dir),
    ]


def _processes(run_dir: Path, namespaces: Namespaces) -> Iterator[Leftover]:
    own = {one.pid for one in proc.running(run_dir)} | set(proc.members(run_dir))
    grouped = {pid for top in cgroups.present(label(run_dir)) for pid in cgroups.processes_in(top)}
    for pid in sorted(own | grouped):
        yield Leftover(proc.describe(pid), f"End it: kill -9 {pid}.")
    for pid in sorted(set(namespaces.inhabitants()) - own - grouped):
        yield Leftover(f"{proc.describe(pid)} in the network of the node", f"End it: kill -9 {pid}.")


def _mounts(run_dir: Path, namespaces: set[str]) -> Iterator[Leftover]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        root, point = fields[3], Path(fields[4])
        if root in namespaces or point.is_relative_to(run_dir):
            yield Leftover(f"the mount {point}", f"Remove it: umount --lazy {point}.")


def _cgroups(group: str) -> Iterator[Leftover]:
    for folder in cgroups.present(group):
        yield Leftover(f"the cgroup {folder}", f"End the processes in {folder}/cgroup.procs.")


def _links(run_dir: Path) -> Iterator[Leftover]:
    for name in links_of(run_dir):
        shown = run(["ip", "-json", "route", "show", "dev", name], timeout=10)
        routes = ", ".join(route["dst"] for route in json.loads(shown or "[]"))
        yield Leftover(f"the link {name} with the routes {routes or '(none)'}", f"Remove it: ip link delete {name}.")


def links_of(run_dir: Path) -> list[str]:
    """The host's ends of the cluster's links; none where the tool to make one is missing."""
    if shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
        return []
    state = read_state(run_dir)
    return own_links(label(run_dir), state.facts.get("link", "") if state is not None else "")
