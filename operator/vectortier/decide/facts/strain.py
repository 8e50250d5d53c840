"""Does making copies hurt searches more than was predicted, and is it the copies that do?

Late searches by themselves do not say: a scale-out is begun because of them. They are put down to the copies only where
searches were in time before the first one was begun, and where one is being made or has been lately.
"""

from dataclasses import dataclass

from vectortier.decide.estimate.demand import INTERVAL_SECONDS
from vectortier.decide.facts.judgement import LEAST_BAD
from vectortier.decide.facts.look import Facts
from vectortier.model.journal import Operation, Step, StepName, StepState
from vectortier.model.load import BUDGET, Load
from vectortier.model.value import Unknown

LONGEST_WAIT_SECONDS = 300.0
"""What is late for longer after a copy, when no other one is made, is not late by it: so no copy waits longer."""
MOST_EXCUSED = 2.0
"""A prediction excuses a p99 up to so many times the promise: it is the worst that earlier copies saw, and some of them
were made in an overload."""


@dataclass(frozen=True)
class Strain:
    """Searches are late by the copies of an operation. Shares are 0..1."""

    late: float
    late_before: float
    """When the first copy was begun."""
    p99_milliseconds: float | None
    predicted_milliseconds: float
    """What the p99 may be meanwhile: what was predicted, at least the promise."""

    @property
    def message(self) -> str:
        """The numbers."""
        p99 = "a p99 that is not known" if self.p99_milliseconds is None else f"p99 {self.p99_milliseconds:.0f} ms"
        late = f"{self.late:.1%} of the searches are late while copies are made, {self.late_before:.1%} were before"
        return f"{late}; {p99} where {self.predicted_milliseconds:.0f} ms were predicted"


def strain(facts: Facts, operation: Operation, more_than: float = BUDGET) -> Strain | None:
    """Set when more than this share of searches is late by the copies; None: they are in time, or late for another
    cause, or it is not known."""
    begun = sorted((s for s in operation.steps if is_begun(s)), key=lambda s: s.started_at or 0.0)
    before = begun[0].late_before if begun else None
    if before is None or before > BUDGET or not _copied_lately(facts, begun):
        return None
    late = late_lately(facts)
    if late is None or late <= more_than:
        return None
    predicted = _excused(facts, begun)
    p99 = facts.load.p99_milliseconds if isinstance(facts.load, Load) else None
    promise = facts.spec.slo.search.p99_milliseconds
    # Late searches alone say that the p99 is beyond the promise, not how far.
    if predicted > promise and (p99 is None or not p99 > predicted):
        return None
    return Strain(late, before, p99, predicted)


def is_begun(step: Step) -> bool:
    """Whether it is a copy that was begun, ended or not."""
    return step.name is StepName.COPY and step.started_at is not None


def late_lately(facts: Facts) -> float | None:
    """The share of late searches over the short window, or in the last interval where that is less: they count while
    they go on. None: not known, or of too few to tell."""
    windows, load = facts.windows, facts.load
    if isinstance(windows, Unknown) or isinstance(load, Unknown) or windows.short.requests * BUDGET < 1:
        return None
    window, instant = windows.short, load.instant
    # One slow search among a few is no evidence of anything.
    short = (window.bad_fraction or 0.0) if window.bad >= LEAST_BAD else 0.0
    if instant is None or instant.bad_fraction is None or instant.queries_per_second * INTERVAL_SECONDS * BUDGET < 1:
        return short
    return min(short, instant.bad_fraction)


def _copied_lately(facts: Facts, begun: list[Step]) -> bool:
    """Whether what is late may be so by a copy: by one that is being made, or by what it has left behind."""
    since = facts.now - facts.spec.damping.windows.short_seconds - LONGEST_WAIT_SECONDS
    return any(s.state is not StepState.DONE or (s.finished_at or 0.0) >= since for s in begun)


def _excused(facts: Facts, begun: list[Step]) -> float:
    promise = float(facts.spec.slo.search.p99_milliseconds)
    worst = max((s.predicted.p99_milliseconds or 0.0 for s in begun), default=0.0)
    return max(promise, min(worst, MOST_EXCUSED * promise))
