"""Loads for the runs that are predicted: rates around the capacity, second by second, the same for the same seed. Pure.

Rates are shares of the capacity, the rate at which one search in a hundred is late. Every profile has stretches well
below it, near it and above it: a model that only knows "far too much" and "far too little" must not pass.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from vectortier.simulate.rates import INTERVAL_SECONDS

RUN_SECONDS = 360
"""24 intervals."""
LOWEST, HIGHEST = 0.6, 1.3
"""What ramps and steps stay between, in capacities."""
_REST, _QUIET = (0.55, 0.85), (20, 50)
_BURST, _BURST_SECONDS = (1.0, 1.5), (10, 40)
_STEP_SECONDS = (20, 60)

Shape = Callable[[random.Random, int], list[float]]


def ramp(draw: random.Random, seconds: int) -> list[float]:
    """Slowly up to more than the capacity and down again; when the top is reached is drawn."""
    top = round(seconds * draw.uniform(0.4, 0.7))
    up = [LOWEST + (HIGHEST - LOWEST) * i / top for i in range(top)]
    down = seconds - top
    return up + [HIGHEST - (HIGHEST - LOWEST) * i / down for i in range(down)]


def steps(draw: random.Random, seconds: int) -> list[float]:
    """Levels that hold for 20 to 60 seconds each, anywhere between the lowest and the highest rate."""
    found: list[float] = []
    while len(found) < seconds:
        found += [draw.uniform(LOWEST, HIGHEST)] * draw.randint(*_STEP_SECONDS)
    return found[:seconds]


def bursts(draw: random.Random, seconds: int) -> list[float]:
    """Quiet stretches, and between them bursts of 10 to 40 seconds that keep to no interval."""
    found: list[float] = []
    while len(found) < seconds:
        found += [draw.uniform(*_REST)] * draw.randint(*_QUIET)
        found += [draw.uniform(*_BURST)] * draw.randint(*_BURST_SECONDS)
    return found[:seconds]


PROFILES: dict[str, Shape] = {"ramp": ramp, "bursts": bursts, "steps": steps}


def asks(shares: Sequence[float]) -> bool:
    """Whether there is at least one interval's worth of seconds clearly below the capacity, and one above it."""
    return min(sum(share < 0.9 for share in shares), sum(share > 1.0 for share in shares)) >= INTERVAL_SECONDS


def rates(profile: str, seed: int, capacity: float, seconds: int = RUN_SECONDS) -> list[float]:
    """Searches per second in each second of a run; `capacity` is in searches per second.

    What is drawn is drawn again until it asks something: a run that is good or bad all the time tells little.
    """
    draw = random.Random(f"{profile}-{seed}")
    shares = PROFILES[profile](draw, seconds)
    while not asks(shares):
        shares = PROFILES[profile](draw, seconds)
    return [share * capacity for share in shares]
