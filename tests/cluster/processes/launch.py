"""Starting a supervisor that outlives this command, and waiting for what it starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.cluster import disk
from tests.cluster.errors import ClusterError
from tests.cluster.network import ports
from tests.cluster.paths import CHECKOUT
from tests.cluster.processes.proc import MARK, SUPERVISOR_MODULE, child_of, running
from tests.cluster.processes.spec import Spec
from tests.cluster.processes.state import ComponentState, State, read_state
from tests.cluster.progress import Progress
from tests.cluster.run import last_lines

_NAMESPACES = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc")
_COMPONENT_SECONDS = 120.0
_VISIBLE_SECONDS = 10.0
_NOT_TO_BE_HAD = re.compile(r"listen tcp \S*:(\d+): bind: address already in use")


def launch(spec: Spec, prepare: Callable[[int], None] = lambda _: None) -> None:
    """Starts the supervisor; `prepare` gets its process id before it may start anything.

    The specification travels through a pipe that closes with this process, so a supervisor whose launcher dies half
    way ends by itself.
    """
    run_dir = Path(spec.run_dir)
    argv = [sys.executable, "-m", SUPERVISOR_MODULE, str(run_dir)]
    if spec.own_namespaces:
        argv = [*_NAMESPACES, "--", *argv]
    with (run_dir / "logs" / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
            env={**os.environ, MARK: str(run_dir)},
            start_new_session=True,
            text=True,
        )
    pipe = process.stdin
    assert pipe is not None
    try:
        # One that has ended already is reported by whoever waits for what it would have started.
        with suppress(BrokenPipeError), pipe:
            _await_visible(process, run_dir)
            prepare(child_of(process.pid) if spec.own_namespaces else process.pid)
            pipe.write(spec.to_json() + "\n")
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.returncode = 0  # it is meant to outlive this object; processes.end reaps it


def _await_visible(process: subprocess.Popen[str], run_dir: Path) -> None:
    """Waits until a process that was just started has the command line by which everyone finds it."""
    deadline = time.monotonic() + _VISIBLE_SECONDS
    while not running(run_dir) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def await_component(run_dir: Path, name: str, progress: Progress, timeout: float = _COMPONENT_SECONDS) -> None:
    """Waits until a component is ready, as a step of its own."""
    with progress.step(f"start {name}") as step:
        deadline = time.monotonic() + timeout
        while (state := read_state(run_dir)) is None or state.components[name].status != "ready":
            if state is not None and state.components[name].restarts:
                step.say(f"restarted {state.components[name].restarts} times")
            problem = _problem(run_dir, state, name)
            if problem is not None:
                raise problem
            if time.monotonic() > deadline:
                raise ClusterError(f"{name} was not ready within {timeout:.0f} s.", _hint(run_dir, name))
            time.sleep(0.05)


def _problem(run_dir: Path, state: State | None, name: str) -> ClusterError | None:
    """Why waiting for a component is in vain; None while it is not."""
    if not running(run_dir):
        words = last_lines((run_dir / "logs" / "supervisor.log").read_text(errors="replace"))
        problem = "The cluster's supervisor ended."
        return _full(problem, words) or ClusterError(problem, _hint(run_dir, "supervisor"), words)
    if state is None:
        return None
    return _port_taken(state) or _no_room(state) or _hopeless(run_dir, state, name)


def _full(problem: str, words: str) -> ClusterError | None:
    return ClusterError(problem, f"The disk is full. {disk.REMEDY}", words) if disk.says_full(words) else None


def _port_taken(state: State) -> ClusterError | None:
    """A port of loopback was free when it was chosen, and is not any more. A node has all of its own to itself."""
    for name, component in state.components.items():
        found = _NOT_TO_BE_HAD.search("\n".join(component.last_log))
        if found is None or state.size == "node":
            continue
        # A connection that passes by is gone when the component starts again; a listener is not.
        if component.status == "failed" or (component.status == "restarting" and ports.holder(int(found.group(1)))):
            return ports.taken(int(found.group(1)), name)
    return None


def _no_room(state: State) -> ClusterError | None:
    """A component died of a full disk, which does not get better by itself."""
    found = [
        _full(f"{name} died ({component.last_exit}).", _words(component))
        for name, component in state.components.items()
        if component.status in ("restarting", "failed")
    ]
    return next((problem for problem in found if problem is not None), None)


def _hopeless(run_dir: Path, state: State, name: str) -> ClusterError | None:
    if not state.failed:
        return None
    culprit = state.failed[0]
    component = state.components[culprit]
    blame = "" if culprit == name else f", so {name} cannot start"
    problem = f"{culprit} keeps dying ({component.last_exit}){blame}."
    return ClusterError(problem, _hint(run_dir, culprit), _words(component))


def _words(component: ComponentState) -> str:
    return "\n".join(f"    {line}" for line in component.last_log)


def _hint(run_dir: Path, name: str) -> str:
    return f"The whole log: {run_dir / 'logs' / f'{name}.log'}."
