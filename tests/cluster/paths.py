"""Where things live: the cache shared by all checkouts, and one run directory for each cluster."""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path

from tests.cluster.errors import ClusterError

CHECKOUT = Path(__file__).resolve().parents[2]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")


def cache_root() -> Path:
    """The folder of built binaries and unpacked packages; safe to delete at any time when nothing runs."""
    base = os.environ.get("VECTORTIER_CACHE")
    if base:
        return Path(base).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "vectortier"


def clusters_root() -> Path:
    return CHECKOUT / "build" / "cluster"


def run_dir(name: str) -> Path:
    """The folder that holds all of one cluster: its state, certificates, logs and data."""
    if not _NAME.fullmatch(name):
        raise ClusterError(
            f"{name!r} cannot be the name of a cluster.",
            "Use up to 16 lower-case letters, digits and dashes, starting with a letter.",
        )
    return clusters_root() / name


def label(run_dir: Path) -> str:
    """How a cluster marks what the whole machine sees of it: its control groups, and its link.

    The same for every run of it, so that a crash never leaves anything that nobody can name.
    """
    return f"vectortier-{run_dir.name}-{zlib.crc32(str(run_dir).encode()):08x}"
