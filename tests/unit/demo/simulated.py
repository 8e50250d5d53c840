"""A tier and its load without either: virtual time, latency by how busy the copies are."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from tests.demo.record import Decision
from tests.demo.requestlog import OK, Request
from tests.demo.story import Look

GROWS_SECONDS = 40.0
SHRINKS_SECONDS = 60.0


@dataclass
class Simulated:
    """One copy keeps the SLO up to `capacity` searches per second; `acts_after` seconds of misses bring another, and
    `shrinks_after` seconds in which half of one would do take it away again."""

    capacity: float = 10.0
    acts_after: float | None = 90.0
    shrinks_after: float | None = 120.0
    stalled_until: float = 0.0
    time: float = 1000.0
    rate: float = 0.0
    copies: int = 1
    owed: float = 0.0
    requests: list[Request] = field(default_factory=list)
    missed_since: float | None = None
    spare_since: float | None = None
    acted_at: float | None = None
    shrank_at: float | None = None
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
        spare = self.copies == 2 and self.rate < self.capacity / 2
        milliseconds = 900.0 if late else 9.0
        self.owed += self.rate * seconds
        steps = int(self.owed)
        self.owed -= steps
        for step in range(steps):
            due = self.time + seconds * step / steps
            self.requests.append(Request(due, 0.0, due + milliseconds / 1000, OK))
        self.time += seconds
        self.missed_since = (self.missed_since or self.time) if late else None
        self.spare_since = (self.spare_since or self.time) if spare else None

    def look(self, now: float) -> Look:
        if self._lasted(self.missed_since, self.acts_after):
            self.acted_at = self.acted_at or now
        if self._lasted(self.spare_since, self.shrinks_after):
            self.shrank_at = self.shrank_at or now
        grows = self.acted_at is not None and now < self.acted_at + GROWS_SECONDS
        shrinks = self.shrank_at is not None and now < self.shrank_at + SHRINKS_SECONDS
        if self.acted_at is not None and not grows:
            self.copies = 2 if self.shrank_at is None else 1
        nodes = 2 if self.acted_at is not None and (self.shrank_at is None or shrinks) else 1
        operation = "ScaleOut" if grows else "ScaleIn" if shrinks else None
        return Look(now, nodes, self.copies, self.copies, operation, "", self._decisions())

    def _lasted(self, since: float | None, seconds: float | None) -> bool:
        return since is not None and seconds is not None and self.time - since >= seconds

    def _decisions(self) -> list[Decision]:
        made = [("ScaleOut", "SLOMissed", self.acted_at), ("ScaleIn", "ScaleInNeeded", self.shrank_at)]
        return [Decision(at, action, reason, "") for action, reason, at in made if at is not None]
