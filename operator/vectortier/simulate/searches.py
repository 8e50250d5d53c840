"""What becomes of the searches in a stretch of time in which neither the rates nor the copies change."""

from dataclasses import dataclass

from vectortier.simulate.capacity import Promise, slowed
from vectortier.simulate.model import TierModel
from vectortier.simulate.response import quantiles, read, slower_shares

MEDIAN, P99, P999 = 0.5, 0.99, 0.999


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Rates per second, and what there is to meet them. `progress` (0..1) says how far the simulation has got."""

    searches: float
    writes: float
    copies: float
    progress: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Numbers of searches are expectations. p50, p99 and p999 are milliseconds."""

    seconds: float
    offered: float
    bad: float
    """Late, or not answered by the client's deadline."""
    ended: float
    """Answered or given up: what a gateway counts."""
    backlog: float
    """Searches that wait at the end, beyond those of a queue that comes to rest."""
    utilisation: float
    p50: float
    p99: float
    p999: float


def pass_time(model: TierModel, promise: Promise, now: Circumstances, backlog: float, seconds: float) -> Stretch:
    """The searches in so many seconds that begin with a backlog.

    Below saturation the queue is at rest, as `queueing` describes it. Above it, or while a backlog is worked off, it is
    a fluid: it grows and shrinks by the difference of the rates, and whoever joins it is late. Searches that would
    wait beyond the client's deadline fail and leave it.
    """
    service = slowed(model, now.progress)
    taken = 1 - model.spare_cores(now.writes) / model.cores_per_copy
    speed = now.copies * model.cores_per_copy * (1 - taken) / service
    offered = now.searches * seconds
    if speed <= now.searches or speed == 0:
        return _overloaded(model, now, speed, backlog, seconds)
    utilisation = taken + (1 - taken) * now.searches / speed
    drained_after = backlog / (speed - now.searches)
    queued = min(seconds, drained_after)
    late = read(slower_shares(model.queue, promise.seconds / service), utilisation)
    left = max(0.0, backlog - (speed - now.searches) * seconds)
    wait = 1000 * backlog / speed if queued > 0 else 0.0
    p50, p99, p999 = (1000 * service * read(quantiles(model.queue, q), utilisation) for q in (MEDIAN, P99, P999))
    return Stretch(
        seconds=seconds,
        offered=offered,
        bad=now.searches * (queued + (seconds - queued) * late),
        ended=offered + backlog - left,
        backlog=left,
        utilisation=1.0 if queued > seconds / 2 else utilisation,
        p50=p50 + (wait / 2 if queued > (1 - MEDIAN) * seconds else 0.0),
        p99=p99 + (wait if queued > (1 - P99) * seconds else 0.0),
        p999=p999 + (wait if queued > (1 - P999) * seconds else 0.0),
    )


def _overloaded(model: TierModel, now: Circumstances, speed: float, backlog: float, seconds: float) -> Stretch:
    offered = now.searches * seconds
    left = min(speed * model.client_deadline_seconds, backlog + offered - speed * seconds)
    deadline = 1000 * model.client_deadline_seconds
    served = 1000 * slowed(model, now.progress) * read(quantiles(model.queue, P99), 0.0)
    begin, end = (min(deadline, 1000 * n / speed + served) if speed > 0 else deadline for n in (backlog, left))
    return Stretch(
        seconds=seconds,
        offered=offered,
        bad=offered,
        ended=backlog + offered - left,
        backlog=left,
        utilisation=1.0,
        p50=(begin + end) / 2,
        p99=max(begin, end),
        p999=max(begin, end),
    )
