"""The figures that a run is judged by."""

from dataclasses import asdict, dataclass
from itertools import pairwise

from vectortier.model.load import BUDGET
from vectortier.simulate.capacity import Promise
from vectortier.simulate.engine import Decision, Run
from vectortier.simulate.policies.optimum import Schedule
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.sensor import Interval
from vectortier.simulate.spells import chance

REVERSAL_SECONDS = 600.0
"""A change back within this time is a reversal: what it moved was moved for nothing."""
ROUNDING = 1e-6
"""A bad fraction of exactly the budget keeps the promise, whatever its last digits are."""
COPYING_P99_LIMIT = 1.15
"""How far p99 may be above the promise while a copy is made, as a multiple."""


@dataclass(frozen=True)
class Summary:
    """One run in figures. Per cent are of all intervals or searches, hours of nodes whether or not they serve yet."""

    policy: str
    intervals: int
    violating_intervals_percent: float
    violating_requests_percent: float
    replica_hours: float
    oracle_replica_hours: float
    shard_copies: int
    gigabytes_moved: float
    reversals: int
    copying_intervals: int
    copying_intervals_over_limit_percent: float
    """Of the intervals in which a copy was made, those whose p99 was more than 1.15 times the promise."""
    copying_intervals_over_by_copying_percent: float
    """Those of them that would not have been, had copies taken nothing from searches: the rest lacked copies."""
    decisions: tuple[Decision, ...]

    def as_json(self) -> dict[str, object]:
        """As `--output json` prints it."""
        figures = asdict(self)
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def summarise(policy: str, run: Run, promise: Promise, schedule: Schedule) -> Summary:
    """The figures of a run beside what the optimum would have cost."""
    copying = [interval for interval in run.intervals if interval.copying]
    limit = COPYING_P99_LIMIT * promise.seconds * 1000
    over = [interval for interval in copying if interval.p99 > limit]
    offered = sum(interval.offered for interval in run.intervals)
    return Summary(
        policy=policy,
        intervals=len(run.intervals),
        violating_intervals_percent=_percent(sum(map(violating, run.intervals)), len(run.intervals)),
        violating_requests_percent=_percent(sum(interval.bad for interval in run.intervals), offered),
        replica_hours=run.tier.node_seconds / 3600,
        oracle_replica_hours=schedule.replica_hours,
        shard_copies=run.tier.shard_copies,
        gigabytes_moved=run.tier.bytes_moved / 1e9,
        reversals=count_reversals(run.tier.resizes),
        copying_intervals=len(copying),
        copying_intervals_over_limit_percent=_percent(len(over), len(copying)),
        copying_intervals_over_by_copying_percent=_percent(
            sum(interval.p99_without_copying <= limit for interval in over), len(copying)
        ),
        decisions=run.decisions,
    )


def violates(interval: Interval) -> bool:
    """Whether more searches were bad than may be; where that is a matter of chance, whether it is likelier than not."""
    return violating(interval) >= 0.5


def violating(interval: Interval) -> float:
    """The chance (0..1) that more searches were bad than may be: 0 or 1 where the model has no spells."""
    if interval.spell_seconds == 0:
        return float(interval.bad_fraction > BUDGET * (1 + ROUNDING))
    time, late = INTERVAL_SECONDS - interval.late_seconds, interval.late_seconds
    return chance(interval.late_at_rest, interval.spell_seconds, time, BUDGET * INTERVAL_SECONDS - late)


def count_reversals(resizes: list[tuple[float, int]]) -> int:
    """Changes of the number of nodes in the direction opposite to the one before them, and soon after it."""
    return sum(a[1] * b[1] < 0 and b[0] - a[0] <= REVERSAL_SECONDS for a, b in pairwise(resizes))


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0
