"""Keeps the components of one cluster running, and writes down what happens to them.

Started with the run directory as its argument and a Spec as JSON on standard input. It ends when it is killed, and
takes every component with it: as the first process of its own process namespace, or by the parent-death signal.
"""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from tests.cluster.processes import isolation
from tests.cluster.processes.restart_policy import seconds_until_restart
from tests.cluster.processes.spec import Component, Ready, Spec
from tests.cluster.processes.state import ComponentState, State, write_state

_PROBE_SECONDS = 2.0
_BUSY_TICK = 0.1
_IDLE_TICK = 0.5
_KEPT_LOG_LINES = 15
_KEPT_LOG_BYTES = 16_384


class Supervised:
    """One component: its process, and its part of the state."""

    def __init__(self, component: Component, logs: Path) -> None:
        self.component = component
        self.state = ComponentState()
        self.pid: int | None = None
        self._log = logs / f"{component.name}.log"
        self._started = 0.0
        self._log_begins = 0
        self._deaths: list[float] = []

    def start(self) -> None:
        """Starts the program so that it cannot outlive this process."""
        environment = {**os.environ, **self.component.environment}
        with self._log.open("ab") as log:
            self._log_begins = log.tell()
            argv = ["setpriv", "--pdeathsig", "KILL", "--", *self.component.argv]
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        self.pid = process.pid
        process.returncode = 0  # reaped by pid below, with everyone else's children
        self._started = time.monotonic()
        self.state.status = "starting"

    def probe(self) -> None:
        """Marks the component ready once it answers."""
        if answers(self.component.ready):
            self.state.status = "ready"
            self.state.seconds = round(time.monotonic() - self._started, 2)

    def died(self, how: str) -> None:
        """Notes the death with the last words, and whether there will be another start."""
        self.pid = None
        self._deaths.append(time.monotonic())
        self.state.last_exit = f"{how} at {time.strftime('%H:%M:%S')}"
        self.state.last_log = last_words(self._log, self._log_begins)
        again = seconds_until_restart(self._deaths, time.monotonic())
        self.state.status = "failed" if again is None else "restarting"

    def kill(self) -> None:
        if self.pid is not None:
            # It may have been reaped in this very moment.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def restart_if_due(self) -> None:
        if seconds_until_restart(self._deaths, time.monotonic()) == 0.0:
            self.state.restarts += 1
            self.start()


def last_words(path: Path, begin: int) -> list[str]:
    """The last lines of a log from the byte `begin` on, without the stack of a Go program that panicked."""
    with path.open("rb") as file:
        file.seek(max(begin, path.stat().st_size - _KEPT_LOG_BYTES))
        lines = [line[:500] for line in file.read().decode(errors="replace").splitlines()]
    panics = [number for number, line in enumerate(lines) if line.startswith(("panic:", "fatal error:"))]
    return lines[: panics[-1] + 1 if panics else None][-_KEPT_LOG_LINES:]


def answers(ready: Ready) -> bool:
    """Whether the component serves."""
    try:
        if ready.socket:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_PROBE_SECONDS)
                connection.connect(ready.socket)
            return True
        context = ssl.create_default_context(cafile=ready.authority) if ready.authority else None
        with urllib.request.urlopen(ready.url, timeout=_PROBE_SECONDS, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


class Supervisor:
    """The loop: reap, start what may start, probe, restart what is due, write what changed."""

    def __init__(self, spec: Spec) -> None:
        self._run_dir = Path(spec.run_dir)
        logs = self._run_dir / "logs"
        self._all = {component.name: Supervised(component, logs) for component in spec.components}
        states = {name: one.state for name, one in self._all.items()}
        self._state = State(spec.name, spec.size, spec.facts, states)
        self._written = ""

    def run(self) -> None:
        while True:
            self._reap()
            for one in self._all.values():
                self._advance(one)
            self._write_if_changed()
            settled = all(one.state.status in ("ready", "failed") for one in self._all.values())
            time.sleep(_IDLE_TICK if settled else _BUSY_TICK)

    def stop(self) -> None:
        """Kills everything and stays until it is gone, so that nobody else inherits dead processes."""
        for one in self._all.values():
            one.kill()
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                sys.exit(0)

    def _advance(self, one: Supervised) -> None:
        if one.state.status == "waiting":
            if all(self._all[name].state.status == "ready" for name in one.component.after):
                one.start()
        elif one.state.status == "starting":
            one.probe()
        elif one.state.status == "restarting":
            one.restart_if_due()

    def _reap(self) -> None:
        """Collects every dead child, also the orphans that a first process inherits."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for one in self._all.values():
                if one.pid == pid:
                    code = os.waitstatus_to_exitcode(status)
                    one.died(f"exit code {code}" if code >= 0 else f"killed by signal {-code}")

    def _write_if_changed(self) -> None:
        current = repr(self._state)
        if current != self._written:
            write_state(self._run_dir, self._state)
            self._written = current


def main() -> None:
    text = sys.stdin.readline()
    if not text:
        return  # the launcher went away before it said what to run
    spec = Spec.from_json(text)
    if spec.own_namespaces:
        isolation.enter(Path(spec.run_dir), spec.keep_visible)
        isolation.forward_packets()
    supervisor = Supervisor(spec)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    supervisor.run()


if __name__ == "__main__":
    main()
