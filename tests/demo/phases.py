"""What clients saw before, while and after the operator acted: figures from the raw request log. Pure.

Latency runs from when a request was due. A request that failed is slow whatever it took, and enters the percentiles
at the client's deadline, so that failing fast never looks like answering fast.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from tests.demo.ramp import Window
from tests.demo.requestlog import Request

DEADLINE_MILLISECONDS = 30_000.0
BEFORE_AT_LEAST_SECONDS = 30.0
AFTER_DELAY_SECONDS = 30.0
AFTER_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` up to but not including `end`, in seconds of the run."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Moments:
    """When things happened, in seconds of the run; None is "has not happened"."""

    plateau: float | None = None
    first_action: float | None = None
    last_copy_serves: float | None = None
    load_fell: float | None = None
    scaled_in: float | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """Figures of one phase, with the names that the report uses. None is "not known"."""

    seconds: float
    requests: int
    errors: int
    retries_by_gateway: int | None
    p50_ms: float | None
    p99_ms: float | None
    slow_fraction: float | None

    def as_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def spans(moments: Moments, end: float) -> dict[str, Span | None]:
    """The phases that have taken place by `end`; a phase that is not complete is None."""
    found: dict[str, Span | None] = dict.fromkeys(("before", "during_rebalance", "after", "after_scale_in"))
    if moments.plateau is not None and moments.first_action is not None and moments.plateau < moments.first_action:
        found["before"] = Span(moments.plateau, moments.first_action)
    if moments.first_action is not None and moments.last_copy_serves is not None:
        found["during_rebalance"] = Span(moments.first_action, moments.last_copy_serves)
    for name, moment in (("after", moments.last_copy_serves), ("after_scale_in", moments.scaled_in)):
        if moment is not None and moment + AFTER_DELAY_SECONDS + AFTER_SECONDS <= end:
            found[name] = Span(moment + AFTER_DELAY_SECONDS, moment + AFTER_DELAY_SECONDS + AFTER_SECONDS)
    return found


def within(requests: Sequence[Request], span: Span) -> list[Request]:
    """The requests that were due in the span."""
    return [one for one in requests if span.begin <= one.due < span.end]


def is_slow(request: Request, slo_milliseconds: float) -> bool:
    """Not answered OK within the SLO: late, failed, or without an answer so far."""
    return not request.ok or request.milliseconds is None or request.milliseconds > slo_milliseconds


def figures(
    requests: Sequence[Request], span: Span, slo_milliseconds: float, retries: Sequence[tuple[float, float]] = ()
) -> Phase:
    """The figures of one span. `retries`: samples (time, cumulative count) of the gateway's retries."""
    inside = within(requests, span)
    latencies = sorted(_counted_milliseconds(one) for one in inside)
    slow = sum(is_slow(one, slo_milliseconds) for one in inside)
    return Phase(
        seconds=round(span.end - span.begin, 1),
        requests=len(inside),
        errors=sum(not one.ok for one in inside),
        retries_by_gateway=increase(retries, span),
        p50_ms=percentile(latencies, 50),
        p99_ms=percentile(latencies, 99),
        slow_fraction=round(slow / len(inside), 6) if inside else None,
    )


def window(requests: Sequence[Request], begin: float, end: float, slo_milliseconds: float) -> Window:
    """What the ramp needs to know of [begin, end)."""
    inside = within(requests, Span(begin, end))
    slow, near = (sum(is_slow(one, bound) for one in inside) for bound in (slo_milliseconds, slo_milliseconds / 2))
    return Window(begin, end, len(inside), slow, near)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile of sorted values: one that was measured, never interpolated. None without values."""
    return round(ordered[math.ceil(len(ordered) * percent / 100) - 1], 2) if ordered else None


def increase(samples: Sequence[tuple[float, float]], span: Span) -> int | None:
    """How much a counter grew in the span, a restart from 0 included; None where the span is not covered."""
    times = [time for time, _ in samples]
    first, last = bisect_right(times, span.begin) - 1, bisect_right(times, span.end) - 1
    if first < 0 or last <= first:
        return None
    values = [value for _, value in samples[first : last + 1]]
    return round(sum(after - before if after >= before else after for before, after in pairwise(values)))


def _counted_milliseconds(request: Request) -> float:
    taken = request.milliseconds
    return taken if request.ok and taken is not None else max(DEADLINE_MILLISECONDS, taken or 0.0)
