"""Running a program to its end, with a deadline and an error that shows its last words."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

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

    The words of `argv` are strings, or paths that become strings.
    """
    name = Path(str(argv[0])).name
    try:
        done = subprocess.run(
            [str(word) for word in argv],
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            input=text if text is not None else "",
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        raise ClusterError(f"The program {name} was not found.", "Run `python -m tests.cluster doctor`.") from None
    except subprocess.TimeoutExpired:
        raise ClusterError(f"`{name}` did not end within {timeout:.0f} s.") from None
    if done.returncode != 0:
        words = " ".join(str(word) for word in argv[:4])
        output = last_lines(done.stderr or done.stdout)
        raise ClusterError(f"`{words}` failed with exit code {done.returncode}:\n{output}")
    return done.stdout


def last_lines(text: str, count: int = 12) -> str:
    """The last lines of a program's output, indented to stand out from ours."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])
