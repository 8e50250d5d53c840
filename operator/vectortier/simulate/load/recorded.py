"""A load from what monitoring has recorded: rates at even distances, some of which are not known.

What is not known is not zero. A gap is bridged by the straight line between the rates on its two sides, so that it
brings neither a drop nor a rise that nobody has seen; how much was bridged is told with the result.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby

from vectortier.simulate.load.loadfile import LoadError
from vectortier.simulate.rates import INTERVAL_SECONDS, Rates

MOST_UNKNOWN = 0.1
"""With more of its intervals bridged, a load says more about the straight lines than about the clients."""

Point = tuple[float, float]
"""Searches and writes per second in one interval."""


@dataclass(frozen=True)
class Known:
    """How much of a recorded load is known. `begins_at` is Unix seconds."""

    begins_at: float
    intervals: int
    bridged_intervals: int
    gaps: int
    longest_gap_seconds: int

    def as_json(self) -> dict[str, object]:
        """As `--output json` prints it."""
        return {**asdict(self), "begins_at": _utc(self.begins_at)}

    def sentence(self) -> str:
        """For people."""
        what = f"{self.intervals} intervals of {INTERVAL_SECONDS} s were recorded from {_utc(self.begins_at)} on"
        if self.gaps == 0:
            return f"{what}, without a gap"
        share = self.bridged_intervals / self.intervals
        return (
            f"{what}; {self.bridged_intervals} of them ({share:.1%}) are not known and bridged by straight lines: "
            f"gaps: {self.gaps}, the longest {_minutes(self.longest_gap_seconds)}"
        )


def bridged(points: Sequence[Point | None], start: float) -> tuple[Rates, Known]:
    """The load from the first known point to the last one; `start` is the time of `points[0]`, each stands for the
    interval that ends with it. Raises LoadError when too little is known."""
    known = [i for i, point in enumerate(points) if point is not None]
    if not known:
        raise LoadError("no rate of searches is known")
    inside = points[known[0] : known[-1] + 1]
    gaps = [len(list(run)) for missing, run in groupby(inside, lambda point: point is None) if missing]
    share = sum(gaps) / len(inside)
    if share > MOST_UNKNOWN:
        raise LoadError(
            f"{sum(gaps)} of {len(inside)} intervals ({share:.0%}) have no known rate of searches, but at most "
            f"{MOST_UNKNOWN:.0%} may be bridged; the longest gap lasts {_minutes(max(gaps) * INTERVAL_SECONDS)}"
        )
    filled = _filled(inside)
    found = Known(
        begins_at=start + (known[0] - 1) * INTERVAL_SECONDS,
        intervals=len(inside),
        bridged_intervals=sum(gaps),
        gaps=len(gaps),
        longest_gap_seconds=max(gaps, default=0) * INTERVAL_SECONDS,
    )
    searches, writes = ([point[i] for point in filled for _ in range(INTERVAL_SECONDS)] for i in range(2))
    return Rates(searches, writes), found


def _filled(points: Sequence[Point | None]) -> list[Point]:
    """The first and the last one are known."""
    filled: list[Point] = []
    gap = 0
    for point in points:
        if point is None:
            gap += 1
            continue
        for step in range(1, gap + 1):
            filled.append(_between(filled[-step], point, step / (gap + 1)))
        filled.append(point)
        gap = 0
    return filled


def _between(before: Point, after: Point, share: float) -> Point:
    return before[0] + share * (after[0] - before[0]), before[1] + share * (after[1] - before[1])


def _utc(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d} min"
