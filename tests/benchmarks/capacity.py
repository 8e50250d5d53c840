"""Clients of a gateway, and the rate that one copy can take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tests.benchmarks.searches import Searches
from tests.demo import ramp
from tests.demo.database import COLLECTION
from tests.demo.embeddings import Vectors
from tests.demo.load import Load, LoadError
from tests.demo.phases import window
from tests.demo.ramp import RampSettings
from tests.demo.search import Target

SEED = 1
_WINDOW_SECONDS = 10.0
_TICK_SECONDS = 0.25
_BROKEN_WINDOWS = 2


@contextmanager
def searches(address: str, api_key: str, vectors: Vectors, slo_milliseconds: int) -> Iterator[Searches]:
    """Clients of a gateway that send nothing yet."""
    target = Target(address, COLLECTION, api_key)
    with Load(target, vectors, SEED) as load:
        yield Searches(load, slo_milliseconds)


def capacity(load: Load, slo_milliseconds: int, start_qps: float = 40.0) -> float:
    """The highest rate of a ramp at which at most 1 % of the searches miss the SLO.

    By the demo's rule: the break has to last at a fifth more, so that a flush does not pass for the capacity.

    Raises LoadError when a client ends, or when even the first rate is too much.
    """
    settings = RampSettings(start_qps=start_qps, window_seconds=_WINDOW_SECONDS)
    state, lasted = ramp.begin(settings, time.monotonic()), 0
    load.set_rate(state.rate)
    while lasted < _BROKEN_WINDOWS and not state.exhausted:
        time.sleep(_TICK_SECONDS)
        load.check()
        due = ramp.due_window(state, settings, time.monotonic())
        if due is None:
            continue
        measured = window(load.log.since(due[0]), *due, slo_milliseconds)
        click.echo(f"  {state.rate:.0f} searches per second: {(measured.slow_fraction or 0) * 100:.1f} % slow")
        following = ramp.advance(state, settings, measured, time.monotonic())
        if following.rate != state.rate:
            load.set_rate(following.rate)
        lasted = lasted + 1 if state.held and following.held else 0
        state = following
    load.set_rate(0.0)
    if state.kept_qps is None:
        raise LoadError(f"one copy does not keep {slo_milliseconds} ms at {start_qps:.0f} searches per second")
    return state.kept_qps
