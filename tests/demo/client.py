"""One client process: sends searches when they are due, whatever became of those before, and reports each."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.demo.arrivals import Arrivals
from tests.demo.embeddings import Vectors
from tests.demo.requestlog import Done, Sent
from tests.demo.search import DEADLINE_SECONDS, Searcher, Target, requests_for

REPORT_SECONDS = 0.2
DRAIN = "drain"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What a client process needs to know; `seed` is its own."""

    target: Target
    vectors: Vectors
    seed: int


def run(settings: ClientSettings, pipe: Connection) -> None:
    """The process. Sends (sent, done) lists to `pipe`, takes commands from it.

    A number is a rate. DRAIN sends nothing more, and answers None when every search has been answered and reported.
    None ends the process at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with contextlib.suppress(OSError):
        os.nice(-10)  # a client that waits for a core would report its own wait as the database's
    asyncio.run(_Client(settings, pipe).run())


class _Client:
    def __init__(self, settings: ClientSettings, pipe: Connection) -> None:
        self._pipe = pipe
        self._target = settings.target
        self._requests = requests_for(settings.target, settings.vectors)
        self._arrivals = Arrivals(settings.seed, time.monotonic())
        self._changed = asyncio.Event()
        self._ending = False
        self._draining: asyncio.Task[None] | None = None
        self._flying: set[asyncio.Task[None]] = set()
        self._sent: list[Sent] = []
        self._done: list[Done] = []
        # One thread, so that reports stay in order; a thread, so that a parent slow to read holds up no request.
        self._writer = ThreadPoolExecutor(max_workers=1)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe.fileno(), self._take_command)
        searcher = Searcher(self._target)
        reporting = asyncio.create_task(self._report_for_ever())
        number = 0
        while await self._wait_for_next():
            due = self._arrivals.take()
            request = self._requests[self._arrivals.pick(len(self._requests))]
            task = asyncio.create_task(self._ask(searcher, number, due, request))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
            number += 1
            await asyncio.sleep(0)  # many due at once must not keep answers from being read
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)
        reporting.cancel()
        await self._report()
        await searcher.close()
        self._pipe.close()

    async def _wait_for_next(self) -> bool:
        """True when a request is due, False when the parent wants no more."""
        while not self._ending:
            due = self._arrivals.due()
            wait = None if due is None else due - time.monotonic()
            if wait is not None and wait <= 0:
                return True
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait)
        return False

    async def _ask(self, searcher: Searcher, number: int, due: float, request: bytes) -> None:
        late = time.monotonic() - due
        self._sent.append(Sent(number, due, late))
        code = await searcher.search(number, request, DEADLINE_SECONDS - late)
        self._done.append(Done(number, time.monotonic(), code))

    def _take_command(self) -> None:
        try:
            command = self._pipe.recv()
        except (EOFError, OSError):
            command = None
        if command is None:
            self._ending = True
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
        elif command == DRAIN:
            self._arrivals.change_rate(0.0, time.monotonic())
            self._draining = asyncio.create_task(self._drain())
        else:
            self._arrivals.change_rate(command, time.monotonic())
        self._changed.set()

    async def _drain(self) -> None:
        await asyncio.gather(*self._flying, return_exceptions=True)
        await self._report()
        await self._send(None)

    async def _report_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            await self._report()

    async def _report(self) -> None:
        sent, self._sent = self._sent, []
        done, self._done = self._done, []
        if sent or done:
            await self._send((sent, done))

    async def _send(self, message: tuple[list[Sent], list[Done]] | None) -> None:
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().run_in_executor(self._writer, self._pipe.send, message)
