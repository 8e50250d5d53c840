"""Ctrl-C in the middle of a real `up`: exit code 130, nothing left, and the next one works at once. Needs no root."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.cluster.commands import await_line, fake_go, remains, started, up
from tests.cluster.kubectl import await_true
from tests.cluster.processes.proc import all_processes, command_line

_SECONDS = 60.0


@pytest.fixture
def name(built: None) -> Iterator[str]:
    chosen = f"i{os.getpid()}"
    yield chosen
    Cluster(chosen).down()
    assert remains(chosen) == []


def interrupted(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> str:
    """What it still says when it is interrupted, after checking how it ends."""
    process.send_signal(number)
    rest, _ = process.communicate(timeout=_SECONDS)
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    return rest


def test_while_the_first_program_starts_and_the_next_up_works_at_once(name: str) -> None:
    with started(name, "control-plane") as process:
        await_line(process, "start etcd")
        assert "Stopped." in interrupted(process)
    assert remains(name) == []
    done = up(name, "control-plane")
    assert done.returncode == 0, done.stderr
    state = Cluster(name).state
    assert state is not None
    assert state.all_ready


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_most_of_it_runs(name: str, number: signal.Signals) -> None:
    with started(name, "control-plane") as process:
        await_line(process, "start kube-scheduler")
        interrupted(process, number)
    assert remains(name) == []


def test_twice(name: str) -> None:
    with started(name, "control-plane") as process:
        await_line(process, "start kube-apiserver")
        process.send_signal(signal.SIGINT)
        interrupted(process)
    assert remains(name) == []


def test_while_a_program_is_built(name: str, tmp_path: Path) -> None:
    """The compiler's own helpers end, too, and its scratch files go."""
    helper = tmp_path / "helper"
    helper.symlink_to("/bin/sleep")
    scratch = tmp_path / "scratch"
    path = fake_go(tmp_path, f'{helper} 600 & ln -s "$GOTMPDIR" {scratch}; wait')
    with started(name, "control-plane", PATH=path) as process:
        await_line(process, "build etcd")
        await_true("The build", scratch.is_dir, 30)
        interrupted(process)
    assert remains(name) == []
    assert not scratch.exists()
    assert [pid for pid in all_processes() if str(helper) in command_line(pid)] == []
