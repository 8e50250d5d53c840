"""The measurements that the model is fitted to: one copy at several levels of load."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.prediction.driving import Driven, drive
from tests.demo.lateness import lateness
from tests.demo.load import Load, LoadError

SHARES = (0.5, 0.65, 0.75, 0.8, 0.85, 0.9, 0.95, 1.05)
"""Levels, in searches per second of a saturated copy. More of them where the tail rises."""
LOW_RATE, LOW_SECONDS, LEVEL_SECONDS = 30.0, 20, 24
_FIRST_RATE, _FASTER, _TRY_SECONDS, _MOST_TRIES, _HOLD_SECONDS = 60.0, 1.5, 5, 8, 15
_FILLING_SECONDS = 4.0
"""Until a queue in front of a saturated copy is long enough to keep it busy."""
_PAUSE_SECONDS = 3.0
DISTURBED_MILLISECONDS, _REPEATS = 10.0, 2
"""A client that sends one search in a hundred so late has waited for a core: somebody else used the machine. So many
levels at most are measured again because of that, each at most once."""
SLOW_SECONDS = 0.25
"""A copy of which half of the searches take longer than this is saturated."""


@dataclass(frozen=True)
class Level:
    """What came of one rate, in searches per second."""

    rate: float
    driven: Driven


@dataclass(frozen=True)
class Levels:
    """Everything that a fit needs: a level without queues, the rate of answers of a saturated copy, and the others."""

    low: Level
    saturated: float
    others: tuple[Level, ...]


def measure(load: Load, seed: int, tell: Callable[[str], None]) -> Levels:
    """The levels of one copy, in an order of their own so that a machine that slows down does not pass for load.

    Takes five minutes. Raises LoadError when no rate saturates the copy.
    """
    low = Level(LOW_RATE, drive(load, [LOW_RATE] * LOW_SECONDS))
    saturated = _saturated(load)
    tell(f"saturated at {saturated:.0f} searches per second")
    return Levels(low, saturated, tuple(_others(load, seed, saturated, tell)))


def _others(load: Load, seed: int, saturated: float, tell: Callable[[str], None]) -> Iterator[Level]:
    repeats = _REPEATS
    for share in random.Random(seed).sample(SHARES, len(SHARES)):
        rate = share * saturated
        driven = _driven(load, rate, tell)
        if repeats > 0 and is_disturbed(driven):
            repeats -= 1
            driven = _driven(load, rate, tell)
        yield Level(rate, driven)


def _driven(load: Load, rate: float, tell: Callable[[str], None]) -> Driven:
    time.sleep(_PAUSE_SECONDS)
    tell(f"  a level of {rate:.0f} searches per second")
    return drive(load, [rate] * LEVEL_SECONDS)


def is_disturbed(driven: Driven) -> bool:
    """Whether the client itself was held up, which says nothing about the copy."""
    late = lateness(driven.requests)
    return late is not None and late.p99_ms > DISTURBED_MILLISECONDS


def _saturated(load: Load) -> float:
    """Answers per second while a queue is in front of the copy."""
    rate = _FIRST_RATE
    for _ in range(_MOST_TRIES):
        if _is_slow(drive(load, [rate] * _TRY_SECONDS)):
            return answers_per_second(drive(load, [rate] * _HOLD_SECONDS))
        rate *= _FASTER
    raise LoadError(f"{rate / _FASTER:.0f} searches per second do not saturate one copy")


def _is_slow(driven: Driven) -> bool:
    slow = sum(one.finished is None or one.finished - one.due > SLOW_SECONDS for one in driven.requests)
    return 2 * slow > len(driven.requests)


def answers_per_second(driven: Driven) -> float:
    """Answers (refusals are none) from when the queue has filled until nothing more is sent."""
    ended = [one.finished for one in driven.requests if one.ok and one.finished is not None]
    return sum(_FILLING_SECONDS <= one < driven.seconds for one in ended) / (driven.seconds - _FILLING_SECONDS)
