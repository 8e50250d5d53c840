"""Running a program to its end, with a deadline and an error that shows its last words."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.cluster import disk
from tests.cluster.errors import ClusterError


def run(
    argv: Sequence[object],
    *,
    timeout: float,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    text: str | None = None,
) -> str:
    """Standard output of a program that ended well within `timeout` seconds; `text` is its standard input.

    The words of `argv` are strings, or paths that become strings. Whatever ends this, Ctrl-C too, nothing that the
    program started goes on.
    """
    name = Path(str(argv[0])).name
    try:
        process = subprocess.Popen(
            [str(word) for word in argv],
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A group of its own: a compiler's helpers end with it, and only then.
            start_new_session=True,
        )
    except FileNotFoundError:
        raise ClusterError(f"The program {name} was not found.", "Run `python -m tests.cluster doctor`.") from None
    with process:
        try:
            output, errors = process.communicate(text or "", timeout)
        except subprocess.TimeoutExpired:
            _end_group(process)
            raise ClusterError(f"`{name}` did not end within {timeout:g} s.") from None
        except BaseException:
            _end_group(process)
            raise
    if process.returncode != 0:
        words = " ".join(str(word) for word in argv[:4])
        details = last_lines(errors or output)
        remedy = f"The disk is full. {disk.REMEDY}" if disk.says_full(details) else ""
        raise ClusterError(f"`{words}` failed with exit code {process.returncode}.", remedy, details)
    return output


def _end_group(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def last_lines(text: str, count: int = 12) -> str:
    """The last lines of a program's output, indented to stand out from ours."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])
