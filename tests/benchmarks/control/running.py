"""Many runs of a command, some at a time, each a process of its own: nothing of one run is left for the next."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from tests.benchmarks.control.grid import Run


class RunError(RuntimeError):
    """A run that failed: its command line, and what it said."""


@dataclass(frozen=True)
class Done:
    """A run, the figures that it printed, and the seconds of CPU that it took."""

    run: Run
    figures: dict[str, Any]
    cpu_seconds: float


def run_all(commands: Mapping[Run, Sequence[str]], jobs: int, tell: Callable[[Done], None]) -> list[Done]:
    """Run all commands, at most `jobs` at a time, begun in their order. `tell` is called with each that is done.

    The first that fails ends all others; raises RunError. So does Ctrl-C.
    """
    processes = _Processes()
    with ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(_run, run, command, processes) for run, command in commands.items()]
        try:
            for one in as_completed(runs):
                tell(one.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end()
            raise
    return [one.result() for one in runs]


class _Processes:
    """Those that are running. When they have been ended, no other is started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[bytes]] = []
        self._ended = False

    def run(self, command: Sequence[str], out: IO[bytes], said: IO[bytes]) -> tuple[int, float]:
        """The exit code and the seconds of CPU of a command."""
        with self._lock:
            if self._ended:
                raise RunError("ended before it began")
            process = subprocess.Popen(command, stdout=out, stderr=said)
            self._running.append(process)
        # Not Popen's own wait, which does not tell what the process used.
        _, status, used = os.wait4(process.pid, 0)
        with self._lock:
            process.returncode = os.waitstatus_to_exitcode(status)
            self._running.remove(process)
        return process.returncode, used.ru_utime + used.ru_stime

    def end(self) -> None:
        """Kill all of them."""
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()


def _run(run: Run, command: Sequence[str], processes: _Processes) -> Done:
    with TemporaryFile() as out, TemporaryFile() as said:
        code, cpu_seconds = processes.run(command, out, said)
        if code != 0:
            said.seek(0)
            raise RunError(f"{' '.join(command)}\n{said.read().decode(errors='replace').strip()}")
        out.seek(0)
        return Done(run, json.load(out), cpu_seconds)
