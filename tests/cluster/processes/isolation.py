"""What the first process of a cluster's own namespaces does before it starts anything.

Mounts made here belong to a private mount namespace: they vanish with its last process, however that one ends.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.run import run

# The run directory under a short, fixed name: Unix sockets allow 107 bytes of path.
HOME = Path("/run/vectortier")
# Folders in which kubelet, containerd and the network plugins keep state whatever their flags say.
_HIDDEN = (Path("/run"), Path("/var/lib"), Path("/var/log"))


def enter(run_dir: Path, keep_visible: Sequence[str]) -> None:
    """Hides the host's state folders, and shows the cluster's run directory at HOME.

    `keep_visible` are folders that stay where they are even inside a hidden one (the cache, the checkout).
    """
    kept = [Path(path) for path in (*keep_visible, str(run_dir)) if hidden(Path(path))]
    handles = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in kept}
    home = os.open(run_dir, os.O_PATH | os.O_DIRECTORY)
    for path in _HIDDEN:
        _mount("-t", "tmpfs", "-o", "mode=755,size=64m", "tmpfs", path)
    for path, handle in handles.items():
        _bind(handle, path)
    _bind(home, HOME)
    Path("/run/lock").mkdir()
    # containerd shares a volume's mounts with containers only below a shared mount.
    _mount("--make-rshared", "/")


def hidden(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _HIDDEN)


def _bind(handle: int, path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    _mount("--rbind", f"/proc/{os.getpid()}/fd/{handle}", path)
    os.close(handle)


def _mount(*words: str | Path) -> None:
    run(["mount", *words], timeout=10)


def forward_packets() -> None:
    """Lets the node route between its pods and the host, and lets service rules see bridged packets."""
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    bridged = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
    if bridged.exists():
        bridged.write_text("1")
