"""Workers: take what is due from the queue and reconcile it, many objects at a time, each one only once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.observe.look import SupersededError
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.queue import Key, WorkQueue

_log = logging.getLogger(__name__)

Reconcile = Callable[[Key, asyncio.Event], Awaitable[float | None]]
"""Looks at an object; the event is set as soon as something happens to it meanwhile. Returns after how many seconds to
look again, or None to forget the object."""


@dataclass
class Workers:
    """Runs `reconcile` for every object that is due. All methods belong to the event loop's thread, except `wake`."""

    reconcile: Reconcile
    metrics: Metrics
    random: Callable[[], float]
    loop: asyncio.AbstractEventLoop
    concurrency: int = 64
    queue: WorkQueue = field(default_factory=WorkQueue)
    started: dict[Key, float] = field(default_factory=dict)
    """Since when each object that is being looked at has been; for the liveness probe."""
    _draining: bool = False
    _running: set["asyncio.Task[None]"] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _signals: dict[Key, asyncio.Event] = field(default_factory=dict)

    def wake(self, key: Key) -> None:
        """Look at the object soon. May be called from any thread."""
        self.loop.call_soon_threadsafe(self._wake, key)

    async def run(self) -> None:
        """Work until drained or cancelled."""
        while not self._draining:
            self._changed.clear()
            while len(self._running) < self.concurrency and (taken := self.queue.take(monotonic())):
                task = asyncio.create_task(self._work(*taken))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            self.metrics.queue_depth.set(self.queue.depth(monotonic()))
            await self._pause(full=len(self._running) >= self.concurrency)

    async def drain(self, seconds: float) -> None:
        """Begin nothing more, and give what has begun so much time to end."""
        self._draining = True
        self._changed.set()
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        for task in self._running:
            task.cancel()

    async def _pause(self, *, full: bool) -> None:
        due = None if full else self.queue.next_due()
        timeout = None if due is None else max(0.0, due - monotonic())
        try:
            await asyncio.wait_for(self._changed.wait(), timeout)
        except TimeoutError:
            return

    def _wake(self, key: Key) -> None:
        self.queue.wake(key, monotonic())
        if key in self._signals:
            self._signals[key].set()
        self._changed.set()

    async def _work(self, key: Key, waited: float) -> None:
        begun = monotonic()
        self.metrics.queue_wait.observe(waited)
        self.started[key], self._signals[key] = begun, asyncio.Event()
        result = "error"
        try:
            again_after = await self.reconcile(key, self._signals[key])
            self.queue.done(key, monotonic(), again_after)
            result = "success"
        except SupersededError:
            self.queue.done(key, monotonic(), 0.0)
            result = "superseded"
        except KubernetesError as error:
            # Expected now and then: the world moved on since it was looked at, or the API server is out of reach.
            delay = self.queue.failed(key, monotonic(), self.random())
            _log.warning("look again: %s", error, extra={"tier": key.name, "retry_seconds": round(delay, 2)})
        except Exception as error:
            # Whatever it was must not end the worker: the object is looked at again later, others at once.
            delay = self.queue.failed(key, monotonic(), self.random())
            _log.exception("reconcile failed: %s", error, extra={"tier": key.name, "retry_seconds": round(delay, 2)})
        finally:
            del self.started[key], self._signals[key]
            self.metrics.reconciled(key.kind, result, monotonic() - begun)
            self._changed.set()
