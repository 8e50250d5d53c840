"""Every load by its name."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks.control.loads import shapes
from tests.benchmarks.control.loads.drawing import Shape, draw_rates
from tests.benchmarks.control.loads.shapes import DAY, HOUR, WEEK
from vectortier.simulate.load.loadfile import parse_load
from vectortier.simulate.rates import Rates

TRACES = Path(__file__).parents[1] / "traces"
MakeShape = Callable[[random.Random, float], Shape]
"""From chance, and from how long a copy takes in seconds."""


@dataclass(frozen=True)
class Load:
    """Rates of searches and writes. `smooth`: what it asks for can be foreseen for as long as a copy takes; in the
    others it jumps within less."""

    name: str
    smooth: bool
    seconds: int
    seed: int | None
    """Of what is drawn; None in a recorded load."""
    make: Callable[[float], Rates]
    """Given how long a copy takes, in seconds."""
    follows_copies: bool = False
    """Whether it differs with how long a copy takes."""


def _recorded(name: str, *, smooth: bool) -> Load:
    def read(_: float) -> Rates:
        with (TRACES / f"{name}.txt").open(encoding="utf-8") as lines:
            return parse_load(lines)

    return Load(name, smooth, HOUR, None, read)


def _drawn(
    name: str, seconds: int, seed: int, make_shape: MakeShape, *, smooth: bool = False, writes: Shape | None = None
) -> Load:
    def make(copy_seconds: float) -> Rates:
        draw = random.Random(seed)
        return draw_rates(make_shape(draw, copy_seconds), seconds, draw, writes)

    return Load(name, smooth, seconds, seed, make, follows_copies=make_shape is _sawtooth)


def _always(shape: Shape) -> MakeShape:
    return lambda draw, copy_seconds: shape


def _sawtooth(_: random.Random, copy_seconds: float) -> Shape:
    return partial(shapes.sawtooth, period=copy_seconds)


def _two_weeks(draw: random.Random, _: float) -> Shape:
    """Each day reaches 90 to 100 % of the peak, at the weekend 60 % of that."""
    days = [draw.uniform(0.9, 1.0) * (shapes.WEEKEND if shapes.is_weekend(day) else 1.0) for day in range(14)]
    return partial(shapes.two_weeks, days=days)


LOADS = {
    load.name: load
    for load in (
        _recorded("diurnal", smooth=True),
        _drawn("ramp", 5 * HOUR, 1, _always(shapes.ramp), smooth=True),
        _drawn("slow-leak", DAY, 2, _always(shapes.slow_leak), smooth=True),
        _drawn("two-weeks", 2 * WEEK, 3, _two_weeks, smooth=True),
        _recorded("bursty", smooth=False),
        _drawn("step", 4 * HOUR, 4, _always(shapes.step)),
        _drawn("spike", 4 * HOUR, 5, _always(shapes.spike)),
        _drawn("sawtooth", 2 * HOUR, 6, _sawtooth),
        _drawn("flash-crowd", 4 * HOUR, 7, _always(shapes.flash_crowd)),
        _drawn("batch-import", 4 * HOUR, 8, _always(shapes.steady), writes=shapes.imported),
    )
}
"""In the order of the tables."""
