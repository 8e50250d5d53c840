"""A cache of folders: an entry is either whole or absent, whatever interrupted its making."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.cluster.paths import cache_root


def digest(parts: Iterable[str | bytes]) -> str:
    """A short name for the inputs of a build, in their order; different inputs never share it."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()[:20]


def entry(kind: str, key: str) -> Path:
    return cache_root() / kind / key


def make_entry(target: Path, fill: Callable[[Path], None]) -> Path:
    """The folder `target`, filled by `fill` in a scratch folder beside it and then renamed, unless it is there.

    Two makers at once do the work twice; the first to finish wins and both see the same contents.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        fill(scratch)
        scratch.chmod(0o755)
        try:
            os.rename(scratch, target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target
