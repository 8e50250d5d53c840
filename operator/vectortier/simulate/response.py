"""Response times of a copy by its utilisation, from tables: a simulation asks for them several times an interval."""

import math
from functools import lru_cache

from vectortier.simulate.queueing import Queue

HIGHEST = 0.999
"""The highest utilisation that is told apart from an overload, whose queue grows for as long as it lasts."""
_STEP = 0.05
_SIZE = math.ceil(-math.log1p(-HIGHEST) / _STEP) + 1
"""The tables are even in -log(1 - utilisation): most of what happens, happens shortly before 1."""

Table = tuple[float, ...]


@lru_cache(maxsize=64)
def quantiles(queue: Queue, share: float) -> Table:
    """The time, in mean service times, that the share of searches (0..1) does not exceed."""
    found: list[float] = []
    for utilisation in _grid():
        found.append(queue.quantile(share, utilisation, at_least=found[-1] * (1 - 1e-4) if found else 1e-3))
    return tuple(found)


@lru_cache(maxsize=256)
def slower_shares(queue: Queue, limit: float) -> Table:
    """The share of searches (0..1) that take longer than the limit, in mean service times."""
    return tuple(queue.slower_share(limit, utilisation) for utilisation in _grid())


def read(table: Table, utilisation: float) -> float:
    """The table's value, interpolated. A utilisation above `HIGHEST` reads as that."""
    place = -math.log1p(-min(utilisation, HIGHEST)) / _STEP
    below = int(place)
    if below >= _SIZE - 1:
        return table[-1]
    return table[below] + (place - below) * (table[below + 1] - table[below])


def highest_below(table: Table, limit: float) -> float | None:
    """The highest utilisation at which a rising table is at most the limit; None when it never is."""
    if table[0] > limit:
        return None
    above = next((i for i, value in enumerate(table) if value > limit), None)
    if above is None:
        return HIGHEST
    place = above - 1 + (limit - table[above - 1]) / (table[above] - table[above - 1])
    return min(HIGHEST, -math.expm1(-place * _STEP))


def _grid() -> list[float]:
    return [-math.expm1(-i * _STEP) for i in range(_SIZE)]
