"""Taking a cluster down, and making sure that it is."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.machine import cgroups
from tests.cluster.network.links import disconnect
from tests.cluster.paths import label
from tests.cluster.processes import proc
from tests.cluster.teardown.leftovers import Leftover, Namespaces, leftovers, links_of

_GONE_SECONDS = 10.0
_LOGS = ("logs", "pod-logs")


def clear(run_dir: Path) -> bool:
    """Ends the processes, and removes what does not go with them by itself. Returns whether any was running.

    The run directory stays. Raises ClusterError naming whatever else is left, and what to do about it.
    """
    with Namespaces(run_dir) as namespaces:
        was_running = proc.end(run_dir)
        if os.geteuid() == 0:
            for link in links_of(run_dir):
                disconnect(link)
            cgroups.remove(label(run_dir))
        _require_none(run_dir.name, lambda: leftovers(run_dir, namespaces))
    return was_running


def remove(run_dir: Path) -> None:
    """Removes the run directory of a cluster that is cleared."""
    shutil.rmtree(run_dir, ignore_errors=True)
    remedy = f"Remove it as the user who ran `up`: rm -r {run_dir}."
    _require_none(run_dir.name, lambda: [Leftover(f"the folder {run_dir}", remedy)] if run_dir.exists() else [])


def keep_logs(run_dir: Path) -> None:
    """Removes keys, data and images of a cluster that did not come up; logs stay if they have anything to say."""
    if not any(file.stat().st_size for name in _LOGS for file in (run_dir / name).rglob("*") if file.is_file()):
        remove(run_dir)
        return
    for item in run_dir.iterdir():
        if not item.is_dir() or item.is_symlink():
            item.unlink()
        elif item.name not in _LOGS:
            shutil.rmtree(item, ignore_errors=True)


def _require_none(name: str, look: Callable[[], list[Leftover]]) -> None:
    """The kernel takes a moment to let go of what has ended; what is there after that stays there."""
    deadline = time.monotonic() + _GONE_SECONDS
    while left := look():
        if time.monotonic() > deadline:
            things = "; ".join(one.what for one in left)
            remedies = " ".join(dict.fromkeys(one.remedy for one in left))
            raise ClusterError(f"{name} is not quite gone. There is still: {things}.", remedies)
        time.sleep(0.1)
