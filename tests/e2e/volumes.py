"""A volume that can be filled: a small file system in memory on the node, with a StorageClass of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import Cluster
from tests.cluster.processes import proc
from tests.cluster.run import run
from tests.objects import apply, delete

STORAGE_CLASS = "small"
_NAME = "small-0"
_FOLDER = "/var/lib/small"
_MEBIBYTES = 128
_MOST_USED = 0.95


class SmallVolume:
    """The volume as this machine sees it, through the node's first process."""

    def __init__(self, pid: int) -> None:
        self._ballast = Path(f"/proc/{pid}/root{_FOLDER}/ballast")

    def fill(self) -> None:
        """Use 95 % of it. Weaviate makes its shards read-only at 90 %."""
        found = os.statvfs(self._ballast.parent)
        wanted = int(found.f_blocks * found.f_frsize * _MOST_USED)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        self._ballast.write_bytes(bytes(max(0, wanted - used)))

    def clear(self) -> None:
        """Take what filled it away."""
        self._ballast.unlink()


@contextmanager
def small_volume(cluster: Cluster) -> Iterator[SmallVolume]:
    """One volume of the class `small` while the block runs; a second claim of the class stays unbound.

    Whatever claims it must be gone before the block ends.
    """
    pid = next(one.pid for one in proc.running(cluster.run_dir) if proc.is_first_process(one.pid))
    inside = ["nsenter", "--target", str(pid), "--mount", "--pid", "--"]
    run([*inside, "mkdir", "-p", _FOLDER], timeout=10)
    run([*inside, "mount", "-t", "tmpfs", "-o", f"size={_MEBIBYTES}m,mode=777", "tmpfs", _FOLDER], timeout=10)
    kind = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": STORAGE_CLASS},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    hosts = {"key": "kubernetes.io/hostname", "operator": "Exists"}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": _NAME},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": STORAGE_CLASS,
            "persistentVolumeReclaimPolicy": "Retain",
            "local": {"path": _FOLDER},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [hosts]}]}},
        },
    }
    apply(cluster.kubectl, kind, volume)
    try:
        yield SmallVolume(pid)
    finally:
        delete(cluster.kubectl, "persistentvolume", _NAME)
        delete(cluster.kubectl, "storageclass", STORAGE_CLASS)
        run([*inside, "umount", "--lazy", _FOLDER], timeout=10)
