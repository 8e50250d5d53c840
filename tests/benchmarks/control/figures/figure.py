"""What a question may answer. Pure: a figure that was not measured never counts as a good one."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.control.results import Results


@dataclass(frozen=True)
class Measured:
    """A value (infinite where it would be a division by nothing), and what it is from."""

    value: float
    over: str


@dataclass(frozen=True)
class Question:
    """A figure that is to be at most the goal. `answer` gives None when the runs that it needs were not made."""

    name: str
    what: str
    goal: float
    answer: Callable[[Results], Measured | None]


def times(part: float, whole: float) -> float:
    """As a multiple. Nothing is no multiple of nothing; something is an infinite one."""
    if whole == 0:
        return math.inf if part > 0 else 0.0
    return part / whole


def mean(values: list[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def loads(count: int, of: int | None = None) -> str:
    """How many loads a value is from, of how many that were run."""
    word = "load" if (of or count) == 1 else "loads"
    return f"{count} {word}" if of in (None, count) else f"{count} of {of} {word}"


def worst(by_load: dict[str, float], of: int) -> Measured:
    """The highest value of at least one load, of so many that were run."""
    load = max(by_load, key=lambda name: by_load[name])
    return Measured(by_load[load], f"worst of {loads(len(by_load), of)}: {load}")


def averaged(by_load: dict[str, float]) -> Measured:
    """The mean of at least one load, each of which counts alike."""
    return Measured(mean(list(by_load.values())), f"mean of {loads(len(by_load))}")
