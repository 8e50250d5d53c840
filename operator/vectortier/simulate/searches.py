"""What becomes of the searches in a stretch of time in which neither the rates nor the copies change."""

from dataclasses import dataclass

from vectortier.simulate.capacity import Promise, slowed
from vectortier.simulate.model import TierModel
from vectortier.simulate.response import HIGHEST, Table, quantiles, read, slower_shares

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
    late_at_rest: float = 0.0
    """The share (0..1) that is late while the queue is at rest, beyond what `late_seconds` says."""
    late_seconds: float = 0.0
    """The time in which everybody who comes is late: joins a backlog, or is refused."""
    spell_seconds: float = 0.0
    """For how long searches stay late at rest, once they are; only where the model has spells."""


def pass_time(model: TierModel, promise: Promise, now: Circumstances, backlog: float, seconds: float) -> Stretch:
    """The searches in so many seconds that begin with a backlog.

    Below saturation the queue is at rest, as `queueing` describes it. Above it, or while a backlog is worked off, it is
    a fluid: it grows and shrinks by the difference of the rates, and is waited for by whoever joins it. Searches that
    would wait beyond the client's deadline, or are more than the gateway lets in, fail and leave it.
    """
    service = slowed(model, now.progress)
    taken = 1 - model.spare_cores(now.writes) / model.cores_per_copy
    speed = now.copies * model.cores_per_copy * (1 - taken) / service
    fluid = _Fluid(backlog, now.searches, speed, speed * max(0.0, promise.seconds - service))
    late = slower_shares(model.queue(service), promise.seconds / service)
    if speed <= now.searches or speed == 0:
        return _overloaded(model, service, fluid, read(late, HIGHEST), seconds)
    return _in_time(model, service, fluid, (taken + (1 - taken) * now.searches / speed, late), seconds)


@dataclass(frozen=True, slots=True)
class _Fluid:
    """Searches that wait, come and are worked off (per second); more than `bearable` of them make late."""

    backlog: float
    rate: float
    speed: float
    bearable: float


def _in_time(model: TierModel, service: float, fluid: _Fluid, by_load: tuple[float, Table], seconds: float) -> Stretch:
    """Whatever is left over is worked off; `by_load` is the utilisation and the shares that are late by it."""
    utilisation, shares = by_load
    spare = fluid.speed - fluid.rate
    queued = min(seconds, fluid.backlog / spare)
    late = min(seconds, max(0.0, fluid.backlog - fluid.bearable) / spare)
    left = max(0.0, fluid.backlog - spare * seconds)
    wait = 1000 * fluid.backlog / fluid.speed
    p50, p99, p999 = (
        1000 * service * read(quantiles(model.queue(service), q), utilisation) for q in (MEDIAN, P99, P999)
    )
    at_rest = read(shares, utilisation)
    return Stretch(
        seconds=seconds,
        offered=fluid.rate * seconds,
        bad=fluid.rate * (late + (seconds - late) * at_rest),
        ended=fluid.rate * seconds + fluid.backlog - left,
        backlog=left,
        utilisation=(queued + (seconds - queued) * utilisation) / seconds,
        p50=p50 + (wait / 2 if queued > (1 - MEDIAN) * seconds else 0.0),
        p99=p99 + (wait if queued > (1 - P99) * seconds else 0.0),
        p999=p999 + (wait if queued > (1 - P999) * seconds else 0.0),
        late_at_rest=at_rest,
        late_seconds=late,
        spell_seconds=_spell(model, service, utilisation),
    )


def _overloaded(model: TierModel, service: float, fluid: _Fluid, at_edge: float, seconds: float) -> Stretch:
    """`at_edge` is the share that is late at the edge of saturation: for those who come before the queue is long."""
    offered, grows = fluid.rate * seconds, fluid.rate - fluid.speed
    short = max(0.0, fluid.bearable - fluid.backlog)
    borne = 0.0 if short == 0 else seconds if grows == 0 else min(seconds, short / grows)
    left = min(model.most_waiting(fluid.speed), fluid.backlog + grows * seconds)
    deadline, served = (1000 * s for s in (model.client_deadline_seconds, service * _slow_service(model, service)))
    begin, end = (
        min(deadline, 1000 * waiting / fluid.speed + served) if fluid.speed > 0 else deadline
        for waiting in (fluid.backlog, left)
    )
    return Stretch(
        seconds=seconds,
        offered=offered,
        bad=fluid.rate * (borne * at_edge + seconds - borne),
        ended=fluid.backlog + offered - left,
        backlog=left,
        utilisation=1.0,
        p50=(begin + end) / 2,
        p99=max(begin, end),
        p999=max(begin, end),
        late_at_rest=at_edge if borne > 0 else 0.0,
        late_seconds=seconds - borne,
        spell_seconds=_spell(model, service, HIGHEST),
    )


def _slow_service(model: TierModel, service: float) -> float:
    """The 99th percentile of the service time, in mean service times."""
    return read(quantiles(model.queue(service), P99), 0.0)


def _spell(model: TierModel, service: float, utilisation: float) -> float:
    """For how many seconds searches stay late once they are; 0 where the model has no spells."""
    return service * model.queue(service).spell(min(utilisation, HIGHEST)) if model.late_spells else 0.0
