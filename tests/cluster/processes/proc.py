"""Finding and ending the processes of a cluster, also when no state file tells of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.errors import ClusterError

SUPERVISOR_MODULE = "tests.cluster.processes.supervisor"
# In the environment of a supervisor and so of all that it starts: whose they are, whatever became of it.
MARK = "VECTORTIER_CLUSTER_DIRECTORY"
_END_SECONDS = 30.0
_POLITE_SECONDS = 5.0


@dataclass(frozen=True)
class Found:
    """A live supervisor, or the `unshare` that waits for one."""

    pid: int
    run_dir: Path


def all_processes() -> Iterator[int]:
    return (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())


def supervisors() -> list[Found]:
    """All of this machine's, whichever checkout they belong to. The run directory is the command's last word."""
    commands = {pid: command_line(pid) for pid in all_processes()}
    return [Found(pid, Path(words[-1])) for pid, words in commands.items() if SUPERVISOR_MODULE in words[:-1]]


def command_line(pid: int) -> list[str]:
    """The words of a live process's command; empty for one that is gone or a zombie."""
    return _strings(pid, "cmdline")


def _strings(pid: int, file: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def describe(pid: int) -> str:
    """A process as a person would look for it."""
    return f"process {pid} ({Path((command_line(pid) or ['gone'])[0]).name})"


def child_of(pid: int, timeout: float = 10.0) -> int:
    """The host's id of the one child of `pid`, awaited."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            break
        if children:
            return int(children[0])
        time.sleep(0.01)
    raise ClusterError("The cluster's own namespaces could not be made.", "See logs/supervisor.log of the cluster.")


def running(run_dir: Path) -> list[Found]:
    """The cluster's supervisor, and the `unshare` that waits for it."""
    return [one for one in supervisors() if one.run_dir == run_dir]


def members(run_dir: Path) -> list[int]:
    """Every process that the cluster's supervisor or one of its components started, and they themselves.

    Of a node's pods these are only the shims: what runs in containers has an environment of its own.
    """
    mark = f"{MARK}={run_dir}"
    return [pid for pid in all_processes() if mark in _strings(pid, "environ")]


def end(run_dir: Path) -> bool:
    """Ends all processes of a run directory and waits until they are gone. Returns whether there was one."""
    seen = set()
    started = time.monotonic()
    # The supervisor takes the others with it; who outlived an earlier one is ended here.
    while alive := [one.pid for one in running(run_dir)] or members(run_dir):
        seen.update(alive)
        waited = time.monotonic() - started
        if waited > _END_SECONDS:
            pids = ", ".join(str(pid) for pid in alive)
            raise ClusterError(f"Processes {pids} of {run_dir.name} do not end.", "End them, then run `down` again.")
        for pid in alive:
            _end_one(pid, patient=waited < _POLITE_SECONDS)
        time.sleep(0.05)
    for pid in seen:
        _reap(pid)
    return bool(seen)


def _end_one(pid: int, patient: bool) -> None:
    """Ends one process. With namespaces of its own everything below it goes at once, without it needs a moment."""
    owns_namespaces = is_first_process(pid) or command_line(pid)[:1] == ["unshare"]
    try:
        os.kill(pid, signal.SIGTERM if patient and not owns_namespaces else signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError:
        raise ClusterError(f"Process {pid} belongs to another user.", "Run `down` as the user who ran `up`.") from None


def _reap(pid: int) -> None:
    """Lets go of a dead supervisor if it is a child of this very process, as it is in a test run."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def is_first_process(pid: int) -> bool:
    """Whether a process is the first one of a process namespace other than ours."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    ids = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
    return len(ids) > 1 and ids[-1] == "1"
