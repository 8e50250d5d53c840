"""Actions that take longer than a look may: begun once, asked after at each look."""

from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass
class Background:
    """Running jobs by key. A crash loses them; the next look begins them anew, so they have to be repeatable."""

    pool: Executor
    _jobs: dict[Hashable, Future[Any]] = field(default_factory=dict)

    def poll(self, key: Hashable, job: Callable[[], _T], done: Callable[[], None]) -> _T | None:
        """Begin the job unless it runs; its result once it is there, else None. Raises what the job raised.

        `done` is called when the job ends, so that somebody looks.
        """
        running = self._jobs.get(key)
        if running is None:
            running = self._jobs[key] = self.pool.submit(job)
            running.add_done_callback(lambda _: done())
            return None
        if not running.done():
            return None
        result: _T = self._jobs.pop(key).result()
        return result
