"""The level-triggered queue: which object is looked at next, and when. A pure data structure; time is an argument."""

import heapq
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """One object of the user's."""

    kind: str
    namespace: str
    name: str


@dataclass
class _Entry:
    due: float | None = None
    """When the object is to be looked at; None while nothing is planned."""
    running: bool = False
    woken: bool = False
    """An event came while the object was being looked at, so what is seen may be old."""
    failures: int = 0


@dataclass
class WorkQueue:
    """Each object at most once in the queue, and never in two hands at the same time.

    Events carry nothing: whoever takes a key looks at the world as it is then. Times are seconds of any monotonic
    clock.
    """

    base_seconds: float = 0.5
    max_seconds: float = 60.0
    _entries: dict[Key, _Entry] = field(default_factory=dict)
    _heap: list[tuple[float, Key]] = field(default_factory=list)

    def wake(self, key: Key, now: float) -> None:
        """Look at the object now; if somebody is doing that, once more afterwards."""
        entry = self._entries.setdefault(key, _Entry())
        if entry.running:
            entry.woken = True
        else:
            self._plan(key, entry, now)

    def take(self, now: float) -> tuple[Key, float] | None:
        """The object that has been due for longest and for how many seconds; None when none is due."""
        while self._heap and self._heap[0][0] <= now:
            due, key = heapq.heappop(self._heap)
            entry = self._entries.get(key)
            if entry is not None and not entry.running and entry.due == due:
                entry.due, entry.running, entry.woken = None, True, False
                return key, now - due
        return None

    def done(self, key: Key, now: float, again_after: float | None) -> None:
        """The object was looked at. Look again after so many seconds; None forgets it until somebody wakes it."""
        entry = self._entries[key]
        entry.running, entry.failures = False, 0
        if entry.woken:
            self._plan(key, entry, now)
        elif again_after is None:
            del self._entries[key]
        else:
            self._plan(key, entry, now + again_after)

    def failed(self, key: Key, now: float, jitter: float) -> float:
        """The look failed. Plan another with exponential backoff and return its delay in seconds.

        `jitter` is a random number from 0 to 1: the delay is between half and the whole of the backoff. An event
        during the look does not shorten it, so that an object that fails fast cannot keep the queue busy.
        """
        entry = self._entries[key]
        entry.running = False
        delay = min(self.max_seconds, self.base_seconds * 2.0 ** min(entry.failures, 30)) * (0.5 + jitter / 2)
        entry.failures += 1
        self._plan(key, entry, now + delay)
        return delay

    def woken(self, key: Key) -> bool:
        """Whether an event came since the object was taken."""
        entry = self._entries.get(key)
        return entry is not None and entry.woken

    def next_due(self) -> float | None:
        """When the next object is due; None when nothing is planned. May be early, never late."""
        return self._heap[0][0] if self._heap else None

    def keys(self) -> tuple[Key, ...]:
        """Every object that is known."""
        return tuple(self._entries)

    def depth(self, now: float) -> int:
        """How many objects are due and wait for a worker."""
        return sum(1 for entry in self._entries.values() if entry.due is not None and entry.due <= now)

    def _plan(self, key: Key, entry: _Entry, due: float) -> None:
        # An earlier plan stays; a later one in the heap is skipped when it comes up, since its time does not match.
        if entry.due is None or due < entry.due:
            entry.due = due
            heapq.heappush(self._heap, (due, key))
