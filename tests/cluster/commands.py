"""The commands of this package as a shell runs them, for its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.paths import CHECKOUT, cache_root, clusters_root, run_dir
from tests.cluster.teardown.leftovers import Namespaces, leftovers

_SECONDS = 120.0


def command(*words: str) -> list[str]:
    """The words of `python -m tests.cluster ...`."""
    return [sys.executable, "-m", "tests.cluster", *words]


def surroundings(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would spare a build, with these changes."""
    own = {name: value for name, value in os.environ.items() if name != "KUBEBUILDER_ASSETS"}
    return {**own, **changes}


def up(name: str, size: str, inside: Sequence[str] = (), **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs `up` to its end, `inside` of a command that takes something away from it, with changes of environment."""
    argv = [*inside, *command("up", "--name", name, "--size", size)]
    return subprocess.run(
        argv, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=CHECKOUT, env=surroundings(changes)
    )


def remains(name: str) -> list[str]:
    """All that there is of a cluster now, its files and an unfinished build of its first program included."""
    folder = run_dir(name)
    files = [folder, clusters_root() / f".{name}.lock", *cache_root().glob("bin/.etcd-*")]
    with Namespaces(folder) as namespaces:
        return [one.what for one in leftovers(folder, namespaces)] + [str(path) for path in files if path.exists()]


def fake_go(folder: Path, script: str) -> str:
    """A PATH whose Go runs the script; `go version` names one that the cache has nothing of."""
    version = "echo go version go1.99.0 linux/amd64"
    return with_go(folder, f'[ "$1" = version ] && {{ {version}; exit; }}\n{script}')


def with_go(folder: Path, script: str) -> str:
    """A PATH whose Go is a script."""
    program = folder / "go"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@contextmanager
def started(name: str, size: str, **changes: str) -> Iterator[subprocess.Popen[str]]:
    """An `up` that is under way, with its output to read."""
    argv = command("up", "--name", name, "--size", size)
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=CHECKOUT,
        env=surroundings(changes),
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def await_line(process: subprocess.Popen[str], words: str) -> None:
    """Reads the output up to a line that says this."""
    assert process.stdout is not None
    heard = ""
    for line in process.stdout:
        heard += line
        if words in line:
            return
    raise AssertionError(f"it ended without a line that says {words!r}:\n{heard}")
