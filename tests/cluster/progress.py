"""What is being done, how far it is, how long it took and whether a cache spared it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypedDict


@dataclass(frozen=True)
class Event:
    """One line of progress. `seconds` counts from the start of the step."""

    step: str
    state: Literal["started", "working", "done", "failed"]
    detail: str
    seconds: float
    cached: bool


class FinishedStep(TypedDict):
    """A step as it is written into reports."""

    name: str
    seconds: float
    cached: bool


Reporter = Callable[[Event], None]


def silent(_: Event) -> None:
    """A reporter that says nothing."""


def print_plainly(event: Event) -> None:
    """A reporter for logs: one line when a step starts, one when it ends."""
    if event.state == "started":
        print(f"  … {event.step}", flush=True)
    elif event.state != "working":
        mark = {"done": "ok", "failed": "FAILED"}[event.state]
        source = " (cached)" if event.cached else ""
        detail = f": {event.detail}" if event.detail else ""
        print(f"  {mark} {event.step}{detail}, {event.seconds:.1f} s{source}", flush=True)


class Step:
    """A running step, which may say more about itself."""

    def __init__(self, name: str, report: Reporter, clock: Callable[[], float]) -> None:
        self.name = name
        self.cached = False
        self.detail = ""
        self._report = report
        self._clock = clock
        self._started = clock()

    def say(self, detail: str) -> None:
        """Tell how far the step is."""
        self.detail = detail
        self.tell("working")

    def tell(self, state: Literal["started", "working", "done", "failed"]) -> float:
        seconds = round(self._clock() - self._started, 2)
        self._report(Event(self.name, state, self.detail, seconds, self.cached))
        return seconds


class Progress:
    """Runs steps one after another, reports each, and remembers the finished ones in order."""

    def __init__(self, report: Reporter = silent, clock: Callable[[], float] = time.monotonic) -> None:
        self.finished: list[FinishedStep] = []
        self._report = report
        self._clock = clock

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        step = Step(name, self._report, self._clock)
        step.tell("started")
        try:
            yield step
        except BaseException:
            step.tell("failed")
            raise
        step.detail = ""
        self.finished.append({"name": name, "seconds": step.tell("done"), "cached": step.cached})
