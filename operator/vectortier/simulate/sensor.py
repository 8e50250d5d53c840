"""What monitoring shows of a tier: late, sometimes not at all, and with the noise of finite samples."""

import math
import random
from collections import deque
from dataclasses import dataclass

from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import INTERVAL_SECONDS

_LONGEST_WINDOW_SECONDS = 86_400
"""The longest window that a VectorTier may judge its SLO by."""
_LARGE = 30.0
"""From this mean on, counts are drawn from the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What really happened in one interval. Numbers of searches are expectations; times are milliseconds."""

    started_at: float
    offered: float
    bad: float
    ended: float
    writes_per_second: float
    utilisation: float
    """Of the cores of a serving copy, 0..1."""
    p50: float
    p99: float
    p999: float
    nodes: int
    serving: int
    copying: bool
    p99_without_copying: float
    """What p99 would be had the copies taken nothing from searches, in this interval and in all before it."""
    late_at_rest: float = 0.0
    late_seconds: float = 0.0
    spell_seconds: float = 0.0
    """The last three as in a `Stretch`; what is not late for all of `late_seconds` is late by chance."""

    @property
    def bad_fraction(self) -> float:
        """The share of bad searches, 0..1; 0 without searches."""
        return self.bad / self.offered if self.offered > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Increase:
    """By how much the counters grew in a window that is covered by samples for so many seconds."""

    requests: float
    bad: float
    covered_seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One scrape: counts of the interval before it. `cpu` is by ordinal; None where that node's scrape failed."""

    taken_at: float
    requests: float
    bad: float
    total_requests: float
    """The counters themselves, since the start."""
    total_bad: float
    queries_per_second: float
    """That ended, as the operator's gateway counts them: in an overload no more than are answered or given up."""
    arrivals_per_second: float
    """That came, whether or not they have ended."""
    writes_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    cpu: tuple[float | None, ...]
    gateway_failed: bool
    """The gateway's scrape failed: everything but `cpu` is not known now. Its counters go on, so that windows of later
    samples have what this one lacks."""


class Sensor:
    """Takes a sample at the end of each interval, and shows it when the scrape lag has passed."""

    def __init__(self, model: TierModel, draw: random.Random) -> None:
        self._model = model
        self._draw = draw
        self._samples: deque[Sample] = deque(maxlen=_LONGEST_WINDOW_SECONDS // INTERVAL_SECONDS)
        self._waiting: deque[Sample] = deque()
        self._total_requests = self._total_bad = 0.0

    def take(self, seen: Interval) -> None:
        """Scrape, after the interval."""
        at = seen.started_at + INTERVAL_SECONDS
        requests = self._count(seen.ended)
        bad = self._count_of(requests, min(1.0, seen.bad_fraction))
        self._total_requests += requests
        self._total_bad += bad
        self._waiting.append(
            Sample(
                taken_at=at,
                requests=requests,
                bad=bad,
                total_requests=self._total_requests,
                total_bad=self._total_bad,
                queries_per_second=requests / INTERVAL_SECONDS,
                arrivals_per_second=self._count(seen.offered) / INTERVAL_SECONDS,
                writes_per_second=seen.writes_per_second,
                p50_milliseconds=seen.p50,
                p99_milliseconds=self._p99(seen, requests),
                cpu=tuple(self._cpu(seen, ordinal, at) for ordinal in range(seen.nodes)),
                gateway_failed=self._fails(at),
            )
        )

    def latest(self, now: float) -> Sample | None:
        """The last sample that can be queried; None before the first one."""
        self._catch_up(now)
        return self._samples[-1] if self._samples else None

    def window(self, now: float, seconds: float) -> list[Sample]:
        """The samples of the last seconds, the oldest first."""
        self._catch_up(now)
        count, end = max(1, round(seconds / INTERVAL_SECONDS)), len(self._samples)
        return [self._samples[i] for i in range(max(0, end - count), end)]

    def increase(self, now: float, seconds: float) -> Increase:
        """By how much the counters grew in the last seconds. Raises IndexError before the first sample."""
        self._catch_up(now)
        last, count = self._samples[-1], max(1, round(seconds / INTERVAL_SECONDS))
        if count >= len(self._samples):
            first = self._samples[0]
            requests, bad = first.total_requests - first.requests, first.total_bad - first.bad
            covered = len(self._samples) * INTERVAL_SECONDS
        else:
            before = self._samples[-1 - count]
            requests, bad, covered = before.total_requests, before.total_bad, count * INTERVAL_SECONDS
        return Increase(last.total_requests - requests, last.total_bad - bad, covered)

    def _catch_up(self, now: float) -> None:
        while self._waiting and self._waiting[0].taken_at + self._model.scrape_lag_seconds <= now:
            self._samples.append(self._waiting.popleft())

    def _fails(self, at: float) -> bool:
        outage = self._model.outage_start_seconds
        in_outage = outage < at <= outage + self._model.outage_seconds
        missed = self._model.missing_scrapes > 0 and self._draw.random() < self._model.missing_scrapes
        return in_outage or missed

    def _cpu(self, seen: Interval, ordinal: int, at: float) -> float | None:
        if self._fails(at):
            return None
        return seen.utilisation if ordinal < seen.serving else 0.0

    def _count(self, mean: float) -> float:
        """Poisson, as of independent searches; the mean itself without noise."""
        if not self._model.sampling_noise:
            return mean
        if mean > _LARGE:
            return float(max(0, round(self._draw.gauss(mean, math.sqrt(mean)))))
        limit, product, count = math.exp(-mean), self._draw.random(), 0
        while product > limit:
            product *= self._draw.random()
            count += 1
        return float(count)

    def _count_of(self, whole: float, share: float) -> float:
        """Binomial: how many of the whole are of a kind that has the share; the mean itself without noise."""
        mean = whole * share
        if not self._model.sampling_noise or mean <= _LARGE:
            return min(whole, self._count(mean))
        return min(whole, max(0.0, float(round(self._draw.gauss(mean, math.sqrt(mean * (1 - share)))))))

    def _p99(self, seen: Interval, requests: float) -> float:
        """A p99 of so many searches: which true quantile it hits varies as a share does, sqrt(q * (1 - q) / n); between
        p99 and p99.9 the tail is taken for exponential."""
        if not self._model.sampling_noise or requests <= 0:
            return seen.p99
        share = 0.01 + self._draw.gauss(0.0, math.sqrt(0.99 * 0.01 / requests))
        per_decade = seen.p999 - seen.p99
        return max(seen.p50, seen.p99 - per_decade * math.log10(max(share, 0.001) / 0.01))
