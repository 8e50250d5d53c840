"""What was measured beside what was predicted, interval by interval. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.prediction.simulated import Verdict
from tests.benchmarks.result import Row
from tests.demo.phases import is_slow
from tests.demo.requestlog import Request
from vectortier.model.load import BUDGET
from vectortier.simulate.rates import INTERVAL_SECONDS

RELATIVE_GOAL, ABSOLUTE_GOAL = 0.25, 2.0
"""A predicted share is good within a quarter of the measured one, or within so many percentage points of it."""


@dataclass(frozen=True)
class Pair:
    """One interval: how many searches were offered, the share (0..1) of them that was bad, and what the model says."""

    offered: int
    measured: float
    predicted: Verdict

    @property
    def violates(self) -> bool:
        """Whether it did."""
        return self.measured > BUDGET

    @property
    def says(self) -> bool:
        """Whether the model finds that likelier than not."""
        return self.predicted.violating >= 0.5


def offered(requests: Sequence[Request], seconds: int) -> list[int]:
    """How many searches were due in each second of a run, whose times are seconds since it began."""
    due = Counter(int(one.due) for one in requests)
    return [due[second] for second in range(seconds)]


def bad_shares(requests: Sequence[Request], intervals: int, slo_milliseconds: int) -> list[float]:
    """The share (0..1) of the searches due in each interval that were slower than the SLO or failed; 0 without any."""
    all_of, bad = [0] * intervals, [0] * intervals
    for one in requests:
        number = int(one.due // INTERVAL_SECONDS)
        if 0 <= number < intervals:
            all_of[number] += 1
            bad[number] += is_slow(one, slo_milliseconds)
    return [late / count if count else 0.0 for late, count in zip(bad, all_of, strict=True)]


def judged(run: str, pairs: Sequence[Pair]) -> Row:
    """The figures of one run, or of several pooled. Shares are per cent of the intervals: those that violated, and the
    mean of the chances that the model gave them."""
    measured = _percent(sum(one.violates for one in pairs), len(pairs))
    predicted = _percent(sum(one.predicted.violating for one in pairs), len(pairs))
    return {
        "run": run,
        "intervals": len(pairs),
        "measured_percent": measured,
        "predicted_percent": predicted,
        "within_goal": within_goal(measured, predicted),
        "both_violate": sum(one.violates and one.says for one in pairs),
        "only_measured": sum(one.violates and not one.says for one in pairs),
        "only_predicted": sum(one.says and not one.violates for one in pairs),
        "both_good": sum(not one.violates and not one.says for one in pairs),
    }


def within_goal(measured: float, predicted: float) -> bool:
    """Whether a predicted share is good enough; both are per cent."""
    return abs(predicted - measured) <= max(ABSOLUTE_GOAL, RELATIVE_GOAL * measured)


def write(path: Path, pairs: Sequence[Pair]) -> None:
    """The intervals of a run as CSV. Raises OSError."""
    lines = [f"{one.offered},{one.measured:.5f},{one.predicted.bad:.5f},{one.predicted.violating:.4f}" for one in pairs]
    path.write_text("\n".join(["offered,measured_bad_share,predicted_bad_share,predicted_chance", *lines]) + "\n")


def _percent(part: float, of: int) -> float:
    return round(100 * part / of, 2) if of else 0.0
