"""A tier and its load without either: virtual time, latency by how busy the copies are."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from tests.demo.report import Decision
from tests.demo.requestlog import OK, Request
from tests.demo.story import Look


@dataclass
class Simulated:
    """One copy keeps the SLO up to `capacity` searches per second; `acts_after` seconds of misses bring another."""

    capacity: float = 10.0
    acts_after: float | None = 90.0
    stalled_until: float = 0.0
    time: float = 1000.0
    rate: float = 0.0
    copies: int = 1
    requests: list[Request] = field(default_factory=list)
    missed_since: float | None = None
    acted_at: float | None = None
    checks: int = 0

    @property
    def log(self) -> Simulated:
        return self

    def since(self, due: float) -> list[Request]:
        return self.requests[bisect_left(self.requests, due, key=lambda one: one.due) :]

    def drain(self) -> None:
        self.rate = 0.0

    def set_rate(self, requests_per_second: float) -> None:
        self.rate = requests_per_second

    def check(self) -> None:
        self.checks += 1

    def clock(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        late = self.rate > self.capacity * self.copies or self.time < self.stalled_until
        milliseconds = 900.0 if late else 9.0
        steps = round(self.rate * seconds)
        for step in range(steps):
            due = self.time + seconds * step / steps
            self.requests.append(Request(due, 0.0, due + milliseconds / 1000, OK))
        self.time += seconds
        self.missed_since = (self.missed_since or self.time) if late else None

    def look(self, now: float) -> Look:
        if self.acts_after is not None and self.missed_since and self.time - self.missed_since >= self.acts_after:
            self.acted_at = self.acted_at or now
        acting = self.acted_at is not None and now < self.acted_at + 40
        if self.acted_at is not None and not acting:
            self.copies = 2
        decisions = [Decision(self.acted_at, "ScaleOut", "SLOMissed", "")] if self.acted_at is not None else []
        nodes = 2 if self.acted_at is not None else 1
        return Look(now, nodes, self.copies, self.copies, "a1" if acting else None, "", decisions)
