"""What a look teaches: once in an interval, the demand; where nothing disturbs the picture, the capacity too."""

import math
from dataclasses import replace
from statistics import fmean

from vectortier.decide.estimate.capacity import Seen, learn_capacity
from vectortier.decide.estimate.demand import INTERVAL_SECONDS, learn_demand
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import is_active
from vectortier.decide.facts.sizing import horizon, promise_seconds, serving_copies, sizing
from vectortier.decide.facts.utilisation import serving_utilisation
from vectortier.decide.facts.wanted import wanted
from vectortier.decide.facts.windows import Windows
from vectortier.model.journal import StepName
from vectortier.model.learned import Demand, Learned, Spare
from vectortier.model.load import BUDGET, Load
from vectortier.model.value import Unknown

MOST_FILLED = 8
"""Intervals that may be missing before what was is no longer taken for how it goes on."""
SETTLE_SECONDS = 75.0
"""After a change of who serves: until a backlog is worked off and the metrics show the new size."""
MOST_TAKEN = 0.1
"""How much of the copies that serve may be taken by copying, so that a wrong guess of it misleads little."""
_EARLY_SECONDS = 2.0


def taught(facts: Facts) -> Facts:
    """The facts with what they teach, and with what that asks for: a decision is made with what is known after it."""
    learned = replace(facts, learned=_learn(facts))
    sized = replace(learned, sizing=sizing(learned))
    spare = _spare(sized)
    if spare != sized.learned.spare:
        sized = replace(sized, learned=sized.learned.model_copy(update={"spare": spare}))
    return replace(sized, wanted=wanted(sized)) if sized.journal.operation is None else sized


def _learn(facts: Facts) -> Learned:
    """What is known after this look. The same as before within an interval, and while nothing is known or asked."""
    known, load, windows = facts.learned, facts.load, facts.windows
    if isinstance(load, Unknown) or isinstance(windows, Unknown) or windows.coarse:
        return known
    passed = facts.now - known.at
    rate = _rate(load)
    if passed < INTERVAL_SECONDS - _EARLY_SECONDS or rate is None or _is_idle(known, rate):
        return known
    demand = learn_demand(_filled(known.demand, passed), rate, horizon(facts), facts.now)
    seen = _seen(facts, load, windows, demand)
    capacity = known.capacity if seen is None else learn_capacity(known.capacity, seen, promise_seconds(facts))
    spare = _after_gap(known.spare, passed)
    return known.model_copy(update={"at": facts.now, "demand": demand, "capacity": capacity, "spare": spare})


def _after_gap(known: Spare, passed: float) -> Spare:
    """Time without metrics does not count, beyond a single interval; after much of it the tier is watched anew."""
    gap = passed - INTERVAL_SECONDS
    if known.since is None or gap <= INTERVAL_SECONDS + _EARLY_SECONDS:
        return known
    return known.model_copy(update={"since": known.since + gap}) if gap <= MOST_FILLED * INTERVAL_SECONDS else Spare()


def _spare(facts: Facts) -> Spare:
    """Since when there are more copies than are needed, and how many are. The same as before while that cannot be
    seen."""
    size, known = facts.sizing, facts.learned.spare
    if isinstance(facts.windows, Unknown):
        return known
    if size is None or not size.spare or facts.journal.operation is not None:
        return Spare()
    needed = max(1, math.ceil(size.settled))
    if known.since is None:
        return Spare(since=facts.now, most=needed)
    return Spare(since=known.since, most=max(known.most, needed))


def _rate(load: Load) -> float | None:
    """Searches per second, as new as they are known."""
    if load.instant is not None:
        return load.instant.queries_per_second
    return None if isinstance(load.queries_per_second, Unknown) else load.queries_per_second


def _is_idle(known: Learned, rate: float) -> bool:
    """Nobody asks, and nobody has for as long as rates are kept: there is nothing to learn, and nothing to write."""
    return rate == 0 and not any(known.demand.rates)


def _filled(demand: Demand, passed: float) -> Demand:
    """The demand with what a few missing intervals probably had; without its past after many."""
    missing = round(passed / INTERVAL_SECONDS) - 1
    if missing <= 0 or not demand.rates:
        return demand
    if missing > MOST_FILLED:
        return demand.model_copy(update={"rates": ()})
    return demand.model_copy(update={"rates": demand.rates + demand.rates[-1:] * missing})


def _seen(facts: Facts, load: Load, windows: Windows, demand: Demand) -> Seen | None:
    """What one copy did; None when that is not known, or is hidden by what is copied."""
    copies, used = serving_copies(facts), serving_utilisation(facts, load)
    if copies == 0 or used is None or isinstance(load.writes_per_second, Unknown) or _has_changed(facts, load):
        return None
    taken = facts.learned.capacity.interference * sum(is_active(m.state) for m in facts.database.movements)
    if taken > MOST_TAKEN * copies:
        return None
    searches = _answered(facts, load, windows, demand)
    if searches is None:
        return None
    return Seen(
        searches=searches / (copies - taken),
        writes=load.writes_per_second,
        utilisation=used,
        bad_share=_bad_share(load, windows),
        median_seconds=None if load.p50_milliseconds is None else load.p50_milliseconds / 1000,
        tail_seconds=_tail_seconds(load, windows),
        steady=facts.journal.operation is None and taken == 0,
    )


def _answered(facts: Facts, load: Load, windows: Windows, demand: Demand) -> float | None:
    """Searches per second that keep the nodes busy: those that came. While it is not known yet what one costs, those
    that were answered may be much fewer; None until they have been counted for a whole window."""
    if facts.learned.capacity.search_cost is not None or _bad_share(load, windows) <= BUDGET:
        over = max(1, round(load.cpu_seconds / INTERVAL_SECONDS))
        return fmean(demand.rates[-over:])
    if len(demand.rates) * INTERVAL_SECONDS < windows.short.seconds:
        return None
    return min(demand.rates[-1], windows.short.requests / windows.short.seconds)


def _tail_seconds(load: Load, windows: Windows) -> float | None:
    """The p99; None where it is not known, or where it is merely the slowest of a few."""
    if load.p99_milliseconds is None or windows.short.requests * BUDGET < 1:
        return None
    return load.p99_milliseconds / 1000


def _bad_share(load: Load, windows: Windows) -> float:
    lately = load.instant.bad_fraction if load.instant is not None else windows.short.bad_fraction
    return lately or 0.0


def _has_changed(facts: Facts, load: Load) -> bool:
    """Whether who serves has changed within what the metrics cover."""
    since = facts.now - SETTLE_SECONDS - load.cpu_seconds
    ended = (o.finished_at or 0.0 for o in facts.journal.history)
    started = (e.started_at for e in facts.journal.serving)
    operation = facts.journal.operation
    drained = (s.started_at or 0.0 for s in (operation.steps if operation else ()) if s.name is StepName.DRAIN)
    return any(time > since for time in (*ended, *started, *drained))
