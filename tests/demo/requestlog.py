"""What was asked and what came back: one entry per request, filled in by the clients, read by everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

OK = "OK"
UNANSWERED = "UNANSWERED"
_REPORTED_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A request left: times in seconds on the run's monotonic clock."""

    id: int
    due: float
    late: float


@dataclass(frozen=True, slots=True)
class Done:
    """A request ended at `finished`; `code` is OK, a gRPC status name, or SHORT_ANSWER."""

    id: int
    finished: float
    code: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Latency runs from when it was *due*, so a client that falls behind cannot hide a stall."""

    due: float
    late: float
    finished: float | None
    code: str

    @property
    def ok(self) -> bool:
        return self.code == OK

    @property
    def milliseconds(self) -> float | None:
        return None if self.finished is None else (self.finished - self.due) * 1000


class RequestLog:
    """Entries of all clients. Safe to read while clients write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[tuple[int, int], Sent] = {}
        self._ended: list[Request] = []

    def add(self, client: int, sent: Iterable[Sent], done: Iterable[Done]) -> None:
        with self._lock:
            for one in sent:
                self._sent[client, one.id] = one
            for end in done:
                begun = self._sent.pop((client, end.id))
                self._ended.append(Request(begun.due, begun.late, end.finished, end.code))

    def since(self, due: float) -> list[Request]:
        """Every request due at or after `due`, in that order; those without an answer yet are UNANSWERED."""
        with self._lock:
            found = [Request(one.due, one.late, None, UNANSWERED) for one in self._sent.values() if one.due >= due]
            for one in reversed(self._ended):  # in the order of their ends, but for the time that reports take
                if one.finished is not None and one.finished < due - _REPORTED_WITHIN_SECONDS:
                    break
                if one.due >= due:
                    found.append(one)
        return sorted(found, key=lambda one: one.due)
