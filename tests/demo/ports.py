"""What an experiment has around it: a load, a tier, somebody who watches, and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.demo.phases import Phase
from tests.demo.requestlog import Request
from tests.demo.story import Look


@dataclass(frozen=True, slots=True)
class Live:
    """What is going on, for the person who watches. `recent` and `failed` cover the last 15 s.

    A search without an answer so far is late, but has not failed.
    """

    time: float
    stage: str
    offered_qps: float
    recent: Phase
    failed: int
    nodes: int | None
    copies: int | None
    doing: str
    last_decision: str


class Log(Protocol):
    """The requests so far; see RequestLog."""

    def since(self, due: float) -> list[Request]: ...


class Source(Protocol):
    """Where the load comes from; see Load."""

    @property
    def log(self) -> Log: ...

    def set_rate(self, requests_per_second: float) -> None: ...

    def check(self) -> None: ...

    def drain(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world: the tier's status and pause, the gateway's retries, where to show what is going on, and
    time."""

    look: Callable[[float], Look | None]
    retries: Callable[[], float | None]
    show: Callable[[Live], None]
    pause: Callable[[bool], None]
    """Has the operator only watch, or act again."""
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
