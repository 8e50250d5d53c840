"""Starting a supervisor that outlives this command, and waiting for what it starts."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.paths import CHECKOUT
from tests.cluster.processes import SUPERVISOR_MODULE, child_of, running
from tests.cluster.progress import Progress
from tests.cluster.run import last_lines
from tests.cluster.spec import Spec
from tests.cluster.state import State, read_state, state_file

_NAMESPACES = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc")
_COMPONENT_SECONDS = 120.0


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
            argv, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=CHECKOUT, start_new_session=True, text=True
        )
    pipe = process.stdin
    assert pipe is not None
    process.returncode = 0  # it is meant to outlive this object; processes.end reaps it
    with pipe:
        prepare(child_of(process.pid) if spec.own_namespaces else process.pid)
        pipe.write(spec.to_json() + "\n")


def await_component(run_dir: Path, name: str, progress: Progress, timeout: float = _COMPONENT_SECONDS) -> None:
    """Waits until a component is ready, as a step of its own."""
    with progress.step(f"start {name}") as step:
        deadline = time.monotonic() + timeout
        while (state := read_state(run_dir)) is None or state.components[name].status != "ready":
            if state is not None and state.components[name].restarts:
                step.say(f"restarted {state.components[name].restarts} times")
            problem = _problem(run_dir, state, name)
            if problem or time.monotonic() > deadline:
                raise ClusterError(problem or f"{name} was not ready within {timeout:.0f} s.", _hint(run_dir, name))
            time.sleep(0.05)


def _problem(run_dir: Path, state: State | None, name: str) -> str:
    if not running(run_dir):
        log = (run_dir / "logs" / "supervisor.log").read_text(errors="replace")
        return f"The cluster's supervisor ended:\n{last_lines(log)}\n"
    failed = state.failed if state is not None else []
    if not failed or state is None:
        return ""
    culprit = failed[0]
    words = "\n".join(f"    {line}" for line in state.components[culprit].last_log)
    blame = "" if culprit == name else f", so {name} cannot start"
    return f"{culprit} keeps dying ({state.components[culprit].last_exit}){blame}. Its last words:\n{words}\n"


def _hint(run_dir: Path, name: str) -> str:
    return f"The whole log: {run_dir / 'logs' / f'{name}.log'} (state: {state_file(run_dir)})."
