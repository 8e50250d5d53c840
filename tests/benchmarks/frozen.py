"""Weaviate that hangs: its process is stopped, its port stays open, and nothing answers."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import ClusterError


@contextmanager
def frozen(pod: Mapping[str, Any]) -> Iterator[None]:
    """Stop the Weaviate process of a pod of the local node, and let it go on at the end, whatever happens.

    Raises ClusterError when the kubelet has ended it meanwhile, because it did not answer for three minutes.
    """
    found = weaviate_processes(pod["metadata"]["uid"])
    if not found:
        raise ClusterError(f"No process of pod {pod['metadata']['name']} is visible.", "Is the pod running?")
    _signal(found, signal.SIGSTOP)
    try:
        yield
        if not set(found) <= set(weaviate_processes(pod["metadata"]["uid"])):
            raise ClusterError("Kubernetes restarted Weaviate while it was to hang.", "Measure for a shorter time.")
    finally:
        _signal(found, signal.SIGCONT)


def weaviate_processes(uid: str) -> list[int]:
    """The Weaviate processes of the pod with this uid, as the machine numbers them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "comm").read_text().strip() == "weaviate" and uid in (folder / "cgroup").read_text():
                found.append(int(folder.name))
    return found


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)
