"""Phases are cut where they were said to begin and end, and may be judged together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from tests.benchmarks.searches import Searches
from tests.demo.requestlog import Request


@dataclass
class Log:
    requests: list[Request] = field(default_factory=list)

    def since(self, due: float) -> list[Request]:
        return [one for one in self.requests if one.due >= due]


@dataclass
class Load:
    log: Log = field(default_factory=Log)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_phase_ends_where_the_next_begins(clock: list[float]) -> None:
    running = Searches(Load(), 250)  # type: ignore[arg-type]
    for moment, name in ((0.0, "before"), (10.0, "copy"), (20.0, None), (30.0, "after"), (40.0, None)):
        clock[0] = moment
        running.phase(name)
    assert {name: (span.begin, span.end) for name, span in running.spans.items()} == {
        "before": (0.0, 10.0),
        "copy": (10.0, 20.0),
        "after": (30.0, 40.0),
    }


def test_figures_are_of_the_requests_that_were_due_in_the_phase(clock: list[float]) -> None:
    load = Load()
    running = Searches(load, 250)  # type: ignore[arg-type]
    for moment, name in ((0.0, "before"), (10.0, "copy"), (20.0, "enter"), (30.0, None)):
        clock[0] = moment
        running.phase(name)
    load.log.requests = [Request(due, 0.0, due + taken / 1000, "OK") for due, taken in ((9.9, 5), (10.0, 7), (25.0, 9))]
    assert running.figures("before")["p99_ms"] == 5.0
    assert running.figures("copy")["p99_ms"] == 7.0
    both = running.figures("copy", "enter")
    assert (both["requests"], both["p99_ms"], both["seconds"]) == (2, 9.0, 20.0)
