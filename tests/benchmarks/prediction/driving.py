"""An open loop of searches whose rate changes every second, and what was seen of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.demo.load import Load
from tests.demo.requestlog import Request


@dataclass(frozen=True)
class Driven:
    """Every search of a stretch of time; times are seconds since it began. `seconds` is how long it was driven."""

    seconds: int
    requests: tuple[Request, ...]


def drive(load: Load, rates: Sequence[float]) -> Driven:
    """Send searches at these rates, one for each second, and wait for the last answers. Raises LoadError."""
    begin = time.monotonic()
    for second, rate in enumerate(rates):
        time.sleep(max(0.0, begin + second - time.monotonic()))
        load.set_rate(rate)
        load.check()
    time.sleep(max(0.0, begin + len(rates) - time.monotonic()))
    load.drain()
    return Driven(len(rates), tuple(_since(one, begin) for one in load.log.since(begin)))


def save(path: Path, driven: Driven) -> None:
    """Every search as CSV, in the order in which they were due; one without an answer has no time. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{one.due:.4f},{one.late:.4f},{_time(one)},{one.code}" for one in driven.requests]
    path.write_text("\n".join(["due,sent_late,milliseconds,code", *lines]) + "\n")


def _time(one: Request) -> str:
    return "" if one.milliseconds is None else f"{one.milliseconds:.1f}"


def _since(request: Request, begin: float) -> Request:
    ended = None if request.finished is None else request.finished - begin
    return replace(request, due=request.due - begin, finished=ended)
