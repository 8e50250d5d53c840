"""Searches at a fixed rate, cut into phases."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.benchmarks.result import Row
from tests.demo.phases import Span, figures, is_slow, within

if TYPE_CHECKING:
    from tests.demo.load import Load


@dataclass
class Searches:
    """A load that runs, and the phases that were cut out of it. Times are of the monotonic clock."""

    load: Load
    slo_milliseconds: int
    spans: dict[str, Span] = field(default_factory=dict)
    _open: tuple[str, float] | None = None

    def phase(self, name: str | None) -> None:
        """From now on it is this phase; None: none."""
        now = time.monotonic()
        if self._open is not None:
            self.spans[self._open[0]] = Span(self._open[1], now)
        self._open = (name, now) if name else None

    def during(self, name: str, seconds: float) -> None:
        """A phase of a fixed length."""
        self.phase(name)
        time.sleep(seconds)
        self.phase(None)
        self.load.check()

    def drain(self) -> None:
        """Stop, and wait for the answers to what is under way."""
        self.load.drain()

    def figures(self, first: str, last: str | None = None) -> Row:
        """What clients saw in a phase, or from the begin of one to the end of another."""
        span = self._span(first, last)
        found = figures(self.load.log.since(span.begin), span, self.slo_milliseconds)
        names = ("seconds", "requests", "errors", "p50_ms", "p99_ms")
        return {name: getattr(found, name) for name in names}

    def slower(self, milliseconds: int, first: str, last: str | None = None) -> int:
        """How many of the same requests took longer than this, or failed."""
        span = self._span(first, last)
        return sum(is_slow(one, milliseconds) for one in within(self.load.log.since(span.begin), span))

    def _span(self, first: str, last: str | None) -> Span:
        return Span(self.spans[first].begin, self.spans[last or first].end)
