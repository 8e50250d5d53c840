"""The load of a tier in the past: the rates that the operator reads at a time, over as long as Prometheus has them."""

import math
from collections.abc import Callable, Iterator

from vectortier.children.names import gateway
from vectortier.clients.errors import ClientError
from vectortier.clients.prometheus import Prometheus
from vectortier.gateway import measure

WINDOW_SECONDS = 60
"""Of a rate: four scrapes at 15 s, two at 30 s. A shorter one would have holes, a longer one hide spikes."""
CHUNK_POINTS = 5000
"""Of one query: Prometheus refuses more than 11,000 points, and an answer has to come within one deadline."""

Point = tuple[float, float]
"""Searches and writes per second."""


class PartialHistoryError(ClientError):
    """Prometheus, or what speaks its API, says that something is missing from its answer, and not where."""


def read_history(  # noqa: PLR0913 what, from where and when
    prometheus: Prometheus,
    namespace: str,
    tier: str,
    *,
    start: float,
    end: float,
    step: int,
    tell: Callable[[float], None] = lambda _: None,
) -> list[Point | None]:
    """The rates at start, start + step, ... to `end` (Unix seconds, seconds); None where they are not known.

    Not known is also where a gateway could not be scraped: the sum over the others would look like less traffic.
    `tell` gets the share that has been read, 0..1. Raises ClientError.
    """
    selector = measure.tier_selector(namespace, tier)
    queries = (
        measure.searches_per_second(selector, WINDOW_SECONDS),
        measure.writes_per_second(selector, WINDOW_SECONDS),
        f'min(up{{{selector},pod=~"{gateway(tier)}-.+"}})',
    )
    points: list[Point | None] = []
    for first, last in _chunks(start, end, step):
        searches, writes, scraped = (_values(prometheus, query, first, last, step) for query in queries)
        count = round((last - first) / step) + 1
        points += [_point(searches.get(i), writes.get(i), scraped.get(i)) for i in range(count)]
        tell((last - start) / (end - start) if end > start else 1.0)
    return points


def _chunks(start: float, end: float, step: int) -> Iterator[tuple[float, float]]:
    """Times of the first and the last point of each chunk."""
    while start <= end:
        last = min(start + (CHUNK_POINTS - 1) * step, start + (end - start) // step * step)
        yield start, last
        start = last + step


def _values(prometheus: Prometheus, query: str, first: float, last: float, step: int) -> dict[int, float]:
    """What is known of an expression, by the number of the point."""
    answer = prometheus.query_range(query, first, last, step)
    if answer.warnings:
        raise PartialHistoryError(f"its answer may be partial: {'; '.join(answer.warnings)[:300]}")
    points = answer.series[0].points if answer.series else ()
    return {round((time - first) / step): value for time, value in points if math.isfinite(value) and value >= 0}


def _point(searches: float | None, writes: float | None, scraped: float | None) -> Point | None:
    return None if searches is None or writes is None or scraped == 0 else (searches, writes)
