"""Which machine and which commit a figure was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]


def about(command: str) -> dict[str, Any]:
    """Command, commit, time and machine, as every figure's file names them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "command": command,
        "commit": _commit(),
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": {"cores": os.cpu_count(), "memory": f"{memory:.0f} GiB", "kernel": platform.release()},
    }


def spent(began: float, folders: Iterable[Path]) -> dict[str, Any]:
    """What a run took so far: seconds since `began` (monotonic), and what its folders hold on disk, in gigabytes."""
    done = subprocess.run(
        ["du", "--summarize", "--block-size=1000000", *(str(folder) for folder in folders)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    megabytes = sum(int(line.split()[0]) for line in done.stdout.splitlines())
    return {"seconds": round(time.monotonic() - began, 1), "disk_gigabytes": round(megabytes / 1000, 2)}


def _commit() -> str:
    done = subprocess.run(
        ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=12"],
        check=False,
        capture_output=True,
        text=True,
        timeout=10,
    )
    return done.stdout.strip() or "unknown"
