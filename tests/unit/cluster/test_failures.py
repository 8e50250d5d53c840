"""What is said when a program, a port or the disk fails: one sentence with the remedy, details below."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.disk import named_when_full
from tests.cluster.errors import ClusterError
from tests.cluster.network import ports
from tests.cluster.processes import launch
from tests.cluster.processes.state import ComponentState, State
from tests.cluster.processes.supervisor import last_words
from tests.cluster.run import run


def test_the_remedy_stands_beside_the_problem_and_the_details_below() -> None:
    assert str(ClusterError("No.", "Do this.", "    because")) == "No. Do this.\n    because"
    assert str(ClusterError("No.")) == "No."


def test_a_program_that_fails_is_shown_with_its_last_words() -> None:
    with pytest.raises(ClusterError) as raised:
        run(["sh", "-c", "echo no good >&2; exit 3"], timeout=10)
    assert raised.value.problem.endswith("failed with exit code 3.")
    assert raised.value.details.strip() == "no good"


def test_a_program_that_found_the_disk_full_names_the_remedy() -> None:
    with pytest.raises(ClusterError, match=r"The disk is full\. Free some.*VECTORTIER_CACHE"):
        run(["sh", "-c", "cat /etc/passwd > /dev/full"], timeout=10)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    helper = f"sleep 600 & echo $! > {tmp_path / 'pid'}; wait"
    with pytest.raises(ClusterError, match=r"did not end within 0\.2 s"):
        run(["sh", "-c", helper], timeout=0.2)
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_write_that_found_no_room_names_the_remedy_and_other_errors_stay() -> None:
    with (
        pytest.raises(ClusterError, match=r"The disk is full at /a/b\. Free some.*VECTORTIER_CACHE"),
        named_when_full(),
    ):
        raise OSError(errno.ENOSPC, "No space left on device", "/a/b")
    with pytest.raises(FileNotFoundError), named_when_full():
        Path("/nowhere").read_text()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((ports.ADDRESS, 0)) as server:
        yield server


def test_who_listens_on_a_port_is_known(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert re.fullmatch(rf".+ \(process {os.getpid()}\)", ports.holder(port))
    listener.close()
    assert ports.holder(port) == ""


def test_a_fixed_port_that_is_taken_is_named_with_its_purpose_and_its_holder(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = listener.getsockname()[1]
    # The first of the row: what holds the port before it is not this test's to know.
    monkeypatch.setenv(ports.VARIABLE, str(port))
    with pytest.raises(ClusterError) as raised:
        ports.choose_ports(["one", "two"])
    assert f"Port 127.0.0.1:{port}, which one needs, is taken by" in raised.value.problem
    assert f"(process {os.getpid()})" in raised.value.problem
    assert ports.VARIABLE in raised.value.remedy


@pytest.mark.parametrize("value", ["x", "-1", "0", "65535", "70000", "1.5"])
def test_a_first_port_that_leaves_no_room_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ports.VARIABLE, value)
    with pytest.raises(ClusterError, match=f"{ports.VARIABLE}={value}"):
        ports.choose_ports(["one", "two"])


def test_ports_are_free_and_different_without_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ports.VARIABLE, raising=False)
    assert len(set(ports.choose_ports([str(number) for number in range(50)]))) == 50


def died(status: str, words: str, size: str = "control-plane") -> State:
    component = ComponentState(status=status, last_exit="exit code 1", last_log=[words])  # type: ignore[arg-type]
    return State("demo", size, {}, {"etcd": component, "kube-apiserver": ComponentState()})


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "running", lambda run_dir: [run_dir])


@pytest.mark.usefixtures("supervised")
def test_a_port_that_a_listener_took_meanwhile_ends_the_wait_at_once(listener: socket.socket, tmp_path: Path) -> None:
    port = listener.getsockname()[1]
    words = f"listen tcp 127.0.0.1:{port}: bind: address already in use"
    problem = launch._problem(tmp_path, died("restarting", words), "kube-apiserver")
    assert problem is not None
    assert f"Port 127.0.0.1:{port}, which etcd needs, is taken by" in problem.problem
    assert "run the command again" in problem.remedy
    listener.close()
    # It was a connection that passed by: the next start may well succeed.
    assert launch._problem(tmp_path, died("restarting", words), "kube-apiserver") is None
    assert launch._problem(tmp_path, died("failed", words), "kube-apiserver") is not None


@pytest.mark.usefixtures("supervised")
def test_a_component_that_keeps_dying_is_blamed_with_its_last_words(tmp_path: Path) -> None:
    problem = launch._problem(tmp_path, died("failed", "panic: no"), "kube-apiserver")
    assert problem is not None
    assert "etcd keeps dying (exit code 1), so kube-apiserver cannot start." in problem.problem
    assert str(tmp_path / "logs" / "etcd.log") in problem.remedy
    assert problem.details.strip() == "panic: no"


@pytest.mark.usefixtures("supervised")
def test_a_component_that_found_the_disk_full_names_the_remedy(tmp_path: Path) -> None:
    state = died("restarting", "wal: write /x/0.wal: no space left on device", "node")
    problem = launch._problem(tmp_path, state, "etcd")
    assert problem is not None
    assert problem.problem == "etcd died (exit code 1)."
    assert problem.remedy.startswith("The disk is full. Free some")


def test_last_words_are_those_of_the_last_run_and_end_with_a_panic(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("panic: earlier\n")
    begin = log.stat().st_size
    stack = [f"frame {number}" for number in range(40)]
    log.write_text("\n".join(["panic: earlier", "starting", *stack]))
    assert last_words(log, begin) == stack[-15:]
    log.write_text("\n".join(["panic: earlier", "starting", "panic: no space left on device", *stack]))
    assert last_words(log, begin) == ["starting", "panic: no space left on device"]
    log.write_text("panic: earlier\n")
    assert last_words(log, begin) == []


def test_a_command_of_wrong_words_ends_with_a_sentence() -> None:
    argv = [sys.executable, "-m", "tests.cluster", "up", "--name", "No/Good"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: 'No/Good' cannot be the name of a cluster. Use up to 16")
    assert len(done.stderr.splitlines()) == 1
