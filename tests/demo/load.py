"""Open-loop load: client processes, started, told a rate, and listened to."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection, wait
from types import TracebackType

from tests.demo import client
from tests.demo.embeddings import Vectors
from tests.demo.requestlog import RequestLog
from tests.demo.search import DEADLINE_SECONDS, Target

STOP_SECONDS = 10.0


class LoadError(RuntimeError):
    """The load generator itself failed; nothing can be said about the database."""


class Load:
    """Requests at a rate, from several processes, into one log.

    A Poisson process of rate r is as many independent ones of rate r / n, so the clients need not talk to each other.
    """

    def __init__(self, target: Target, vectors: Vectors, seed: int, processes: int = 1) -> None:
        self._log = RequestLog()
        self._settings = [client.ClientSettings(target, vectors, seed * 1000 + n) for n in range(processes)]
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._pipes: list[Connection] = []
        self._drained = threading.Semaphore(0)
        self._listener = threading.Thread(target=self._listen, name="load", daemon=True)

    def __enter__(self) -> Load:
        spawn = multiprocessing.get_context("spawn")  # a forked gRPC does not work
        for settings in self._settings:
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=client.run, args=(settings, theirs), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._pipes.append(ours)
        self._listener.start()
        return self

    @property
    def log(self) -> RequestLog:
        """Every request so far."""
        return self._log

    def set_rate(self, requests_per_second: float) -> None:
        self._tell(requests_per_second / len(self._pipes))

    def drain(self) -> None:
        """Sends nothing more, and returns when every search has been answered or has reached its deadline."""
        self._tell(client.DRAIN)
        for process in self._processes:
            if not self._drained.acquire(timeout=DEADLINE_SECONDS + STOP_SECONDS):
                raise LoadError(f"client process {process.pid} did not come to an end with its searches")

    def check(self) -> None:
        """Raises where a client process has died: silence would look like an idle database."""
        for process in self._processes:
            if not process.is_alive():
                raise LoadError(f"client process {process.pid} ended with exit code {process.exitcode}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            try:
                pipe.send(None)
            except OSError:  # it has ended already, which check() reports
                continue
        for process in self._processes:
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()
        self._listener.join(STOP_SECONDS)

    def _tell(self, command: float | str) -> None:
        for process, pipe in zip(self._processes, self._pipes, strict=True):
            try:
                pipe.send(command)
            except OSError:
                raise LoadError(f"client process {process.pid} has ended; its error is above") from None

    def _listen(self) -> None:
        numbers = {pipe: number for number, pipe in enumerate(self._pipes)}
        while numbers:
            for pipe in wait(list(numbers)):
                assert isinstance(pipe, Connection)
                try:
                    message = pipe.recv()
                except (EOFError, OSError):
                    del numbers[pipe]
                    continue
                if message is None:
                    self._drained.release()
                else:
                    self._log.add(numbers[pipe], *message)
