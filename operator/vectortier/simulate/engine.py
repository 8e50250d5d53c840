"""One policy, one tier, one load: interval after interval."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vectortier.simulate.capacity import Promise
from vectortier.simulate.copies import Tier
from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import INTERVAL_SECONDS, Load
from vectortier.simulate.searches import Circumstances, Stretch, pass_time
from vectortier.simulate.sensor import Interval, Sensor

SOONEST_SECONDS = 1.0
"""How soon a policy may look again: the time that one look and what it does take at least."""


@dataclass(frozen=True)
class Decision:
    """A decision that changes something. `t` is in seconds since the start, nodes and copies are what is wanted."""

    t: float
    action: str
    reason: str
    message: str
    nodes: int
    copies: int


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one look at the tier, and after how many seconds the policy wants to look again."""

    decision: Decision | None = None
    again_after: float = INTERVAL_SECONDS


class Policy(Protocol):
    """Decides about a tier, and changes it by the means that it has."""

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """Look at what is known `now`, seconds since the start, and do at most one thing."""


@dataclass(frozen=True)
class Scenario:
    """What a policy has to cope with. It starts with copies that have been serving for long."""

    load: Load
    model: TierModel
    promise: Promise
    start_copies: int


@dataclass(frozen=True)
class Run:
    """What happened, in full."""

    intervals: tuple[Interval, ...]
    tier: Tier
    decisions: tuple[Decision, ...]


def run(scenario: Scenario, policy: Policy, draw: random.Random, tell: Callable[[int], None] = lambda _: None) -> Run:
    """Let the policy run the tier through the load. `tell` is called with the number of each finished interval."""
    tier = Tier.of(scenario.model, scenario.start_copies)
    clock = _Clock(scenario, tier, Sensor(scenario.model, draw), policy)
    intervals = []
    for number in range(len(scenario.load)):
        interval = clock.pass_interval(number)
        clock.sensor.take(interval)
        intervals.append(interval)
        tell(number)
    return Run(tuple(intervals), tier, tuple(clock.decisions))


class _Clock:
    """Goes from one event to the next: a look, a change of a copy, the end of an interval."""

    def __init__(self, scenario: Scenario, tier: Tier, sensor: Sensor, policy: Policy) -> None:
        self.sensor = sensor
        self.decisions: list[Decision] = []
        self._scenario = scenario
        self._tier = tier
        self._policy = policy
        self._look_at = 0.0
        self._backlog = 0.0
        self._backlog_without_copying = 0.0

    def pass_interval(self, number: int) -> Interval:
        now = float(number * INTERVAL_SECONDS)
        end = now + INTERVAL_SECONDS
        stretches, without, copying = [], [], False
        while now < end:
            if self._look_at <= now:
                self._look(now)
            until = min(end, self._look_at, self._tier.next_change(now))
            copying = copying or self._tier.copying(now) > 0
            passed, unhindered = self._pass(number, now, until)
            stretches.append(passed)
            without.append(unhindered)
            now = until
        return self._interval(number, stretches, without, copying)

    def _look(self, now: float) -> None:
        look = self._policy.look(self._tier, self.sensor, now)
        self._look_at = now + max(SOONEST_SECONDS, look.again_after)
        if look.decision is not None:
            self.decisions.append(look.decision)

    def _pass(self, number: int, now: float, until: float) -> tuple[Stretch, Stretch]:
        """What happens, and what would have if no copy had ever taken anything from searches."""
        copies, untouched = self._tier.effective(now), float(self._tier.serving(now))
        passed = self._searches(number, copies, self._backlog, until - now)
        alike = copies == untouched and self._backlog == self._backlog_without_copying
        without = passed if alike else self._searches(number, untouched, self._backlog_without_copying, until - now)
        self._tier.spend(now, until)
        self._backlog, self._backlog_without_copying = passed.backlog, without.backlog
        return passed, without

    def _searches(self, number: int, copies: float, backlog: float, seconds: float) -> Stretch:
        load = self._scenario.load
        circumstances = Circumstances(
            searches=load.searches[number],
            writes=load.writes[number],
            copies=copies,
            progress=number / max(1, len(load) - 1),
        )
        return pass_time(self._scenario.model, self._scenario.promise, circumstances, backlog, seconds)

    def _interval(self, number: int, stretches: list[Stretch], without: list[Stretch], copying: bool) -> Interval:
        start = float(number * INTERVAL_SECONDS)
        last = start + INTERVAL_SECONDS
        return Interval(
            started_at=start,
            offered=sum(s.offered for s in stretches),
            bad=sum(s.bad for s in stretches),
            ended=sum(s.ended for s in stretches),
            writes_per_second=self._scenario.load.writes[number],
            utilisation=_mean([(s.utilisation, s.seconds) for s in stretches]),
            p50=_mean([(s.p50, s.seconds) for s in stretches]),
            p99=_worst([(s.p99, s.seconds) for s in stretches]),
            p999=_worst([(s.p999, s.seconds) for s in stretches]),
            nodes=len(self._tier.nodes),
            serving=self._tier.serving(last),
            copying=copying,
            p99_without_copying=_worst([(s.p99, s.seconds) for s in without]),
            late_at_rest=_mean([(s.late_at_rest, s.seconds) for s in stretches]),
            late_seconds=sum(s.late_seconds for s in stretches),
            spell_seconds=_mean([(s.spell_seconds, s.seconds) for s in stretches]),
        )


def _mean(values: list[tuple[float, float]]) -> float:
    return sum(value * seconds for value, seconds in values) / INTERVAL_SECONDS


def _worst(values: list[tuple[float, float]]) -> float:
    """The greatest that holds for more than a hundredth of the interval: what a 99th percentile is made of."""
    return max(value for value, seconds in values if seconds > INTERVAL_SECONDS / 100 or len(values) == 1)
