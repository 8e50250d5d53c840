"""The API server that does not answer for a minute."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.chaos.faults.fault import Stage
from tests.chaos.nodes import MissedError
from tests.cluster.processes import proc

GONE_SECONDS = 60.0
_BEGUN_SECONDS = 240.0
_PROGRAM = "kube-apiserver"


def hangs(step: str, stage: Stage) -> None:
    """Its process is stopped while a step is under way: connections stay open, and nothing is answered."""
    stage.toll.await_write(f"journal: {step} Journalled", stage.began, _BEGUN_SECONDS)
    process = _process(stage.subject.cluster.run_dir)
    os.kill(process, signal.SIGSTOP)
    stage.hits.append(f"in the step {step}")
    try:
        time.sleep(GONE_SECONDS)
    finally:
        os.kill(process, signal.SIGCONT)


def _process(run_dir: Path) -> int:
    for pid in proc.members(run_dir):
        if any(Path(word).name == _PROGRAM for word in proc.command_line(pid)[:1]):
            return pid
    raise MissedError(f"no {_PROGRAM} runs in this cluster")
