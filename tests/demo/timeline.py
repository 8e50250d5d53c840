"""What clients saw over the whole run, a row every few seconds, beside what the tier was at that moment. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.demo.phases import Span, figures
from tests.demo.requestlog import Request

STEP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The tier at one moment: nodes that run, copies that serve. None is "could not be read"."""

    time: float
    nodes: int | None
    copies: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One step that begins at `t`, with the names that the report uses."""

    t: float
    offered_qps: float
    answered_qps: float
    p50_ms: float | None
    p99_ms: float | None
    slow_fraction: float | None
    nodes: int | None
    copies: int | None

    def as_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def rows(requests: Sequence[Request], shapes: Sequence[Shape], end: float, slo_milliseconds: float) -> list[Row]:
    """Whole steps from 0 to `end`. Offered is by the time due, answered by the time of a good answer."""
    answered = Counter(int(one.finished // STEP_SECONDS) for one in requests if one.ok and one.finished is not None)
    by_step: dict[int, list[Request]] = {}
    for one in requests:
        by_step.setdefault(int(one.due // STEP_SECONDS), []).append(one)
    times = [shape.time for shape in shapes]
    found = []
    for step in range(int(end // STEP_SECONDS)):
        begin = step * STEP_SECONDS
        inside = by_step.get(step, [])
        seen = figures(inside, Span(begin, begin + STEP_SECONDS), slo_milliseconds)
        last = bisect_right(times, begin + STEP_SECONDS) - 1
        shape = shapes[last] if last >= 0 else Shape(begin, None, None)
        found.append(
            Row(
                t=begin,
                offered_qps=round(len(inside) / STEP_SECONDS, 1),
                answered_qps=round(answered[step] / STEP_SECONDS, 1),
                p50_ms=seen.p50_ms,
                p99_ms=seen.p99_ms,
                slow_fraction=seen.slow_fraction,
                nodes=shape.nodes,
                copies=shape.copies,
            )
        )
    return found
