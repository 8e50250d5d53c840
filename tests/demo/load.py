"""Open-loop load: client processes, started, told a rate, and listened to."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType

from tests.demo import client
from tests.demo.embeddings import Vectors
from tests.demo.requestlog import Request, RequestLog
from tests.demo.search import Target

STOP_SECONDS = 10.0


class LoadError(RuntimeError):
    """The load generator itself failed; nothing can be said about the database."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far behind its own schedule the generator was, in milliseconds: its share in any latency it reports."""

    p99_ms: float
    max_ms: float

    def spoils(self, slo_milliseconds: float) -> bool:
        """Whether latencies against this SLO are the generator's fault as much as the database's."""
        return self.p99_ms > slo_milliseconds / 10


def lateness(requests: Sequence[Request]) -> Lateness | None:
    """None without requests."""
    late = sorted(one.late * 1000 for one in requests)
    return Lateness(late[-(-len(late) * 99 // 100) - 1], late[-1]) if late else None


class Load:
    """Requests at a rate, from several processes, into one log.

    A Poisson process of rate r is as many independent ones of rate r / n, so the clients need not talk to each other.
    """

    def __init__(self, target: Target, vectors: Vectors, seed: int, processes: int = 1) -> None:
        self.log = RequestLog()
        self._settings = [client.ClientSettings(target, vectors, seed * 1000 + n) for n in range(processes)]
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._pipes: list[Connection] = []
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

    def set_rate(self, requests_per_second: float) -> None:
        for process, pipe in zip(self._processes, self._pipes, strict=True):
            try:
                pipe.send(requests_per_second / len(self._pipes))
            except OSError:
                raise LoadError(f"client process {process.pid} has ended; its error is above") from None

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

    def _listen(self) -> None:
        numbers = {pipe: number for number, pipe in enumerate(self._pipes)}
        while numbers:
            for pipe in wait(list(numbers)):
                assert isinstance(pipe, Connection)
                try:
                    sent, done = pipe.recv()
                except (EOFError, OSError):
                    del numbers[pipe]
                else:
                    self.log.add(numbers[pipe], sent, done)
