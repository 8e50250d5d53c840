"""Is the promise kept, and is the tier of the size that it needs? Judged by the share of bad requests and by what is
learned of demand and capacity, never by a percentile in a ratio."""

from vectortier.api.reasons import Reason
from vectortier.decide.estimate.capacity import utilisation_limit
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.movement import last_changed
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.sizing import horizon, promise_seconds, quiet_seconds
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.journal import OperationKind
from vectortier.model.value import Unknown


def promise(facts: Facts) -> Ruling | None:
    """The indicator over both windows. It settles nothing by itself: what to do about it is for the rules after it."""
    if isinstance(facts.load, Unknown):
        return None
    return passes(facts.verdict.message, facts.verdict.reason)


def demand(facts: Facts) -> Ruling | None:
    """How many copies the forecast asks for, by the time that a copy takes."""
    size = facts.sizing
    if size is None:
        return None
    rates, away = facts.learned.demand.rates, horizon(facts) * 15
    text = f"{rates[-1]:.1f} searches per second need {size.now:.2f} copies"
    return passes(f"{text}; {size.ahead:.2f} in {away} s, when another one could serve; {size.serving} serve")


def capacity(facts: Facts) -> Ruling | None:
    """What one copy can do, as far as it has been learned."""
    learned = facts.learned.capacity
    if learned.search_cost is None:
        return None
    limit = utilisation_limit(learned, promise_seconds(facts))
    return passes(f"a copy answers {limit / learned.search_cost:.1f} searches per second, {limit:.0%} busy")


def right_size(facts: Facts) -> Ruling | None:
    """Hold unless the tier should have another size: by the spec, by the forecast, or because the promise has been
    missed for as long as the stabilisation window."""
    if (missing := shortfall(facts)) is not None:
        return passes(f"the spec asks for more: {missing}", Reason.SCALE_OUT_NEEDED)
    if isinstance(facts.load, Unknown):
        return None
    other = facts.wanted
    if other is not None:
        have = copies(facts.database) or 0
        reason = Reason.SCALE_OUT_NEEDED if other.copies > have else Reason.SCALE_IN_NEEDED
        goal = "1 copy" if other.copies == 1 else f"{other.copies} copies"
        return passes(f"{goal} instead of {have}: {other.why}", reason)
    return _by_what_was_missed(facts)


def _by_what_was_missed(facts: Facts) -> Ruling:
    """Without a forecast, or against it: late searches are a fact."""
    verdict = facts.verdict
    if not verdict.missed_now or isinstance(facts.load, Unknown):
        return hold(verdict.reason, verdict.message + _fit(facts))
    lasted, needed = facts.load.missed_seconds, facts.spec.damping.scale_out.stabilization_window_seconds
    if isinstance(lasted, Unknown):
        return hold(lasted.reason, lasted.message)
    if not lasted >= needed:  # also holds for NaN
        return hold(Reason.STABILIZING, f"{verdict.message}; for {lasted:.0f} s now, {needed} s are needed")
    return passes(f"{verdict.message}; for {lasted:.0f} s now", Reason.SLO_MISSED)


def _fit(facts: Facts) -> str:
    """What is needed of what there is, and why nothing is done where it does not fit."""
    size = facts.sizing
    if size is None:
        return ""
    need, taken = max(size.now, size.ahead), last_changed(facts.journal, OperationKind.SCALE_IN)
    text = f"; {need:.2f} of {size.serving} copies are needed"
    if size.spare and size.grows:
        return f"{text}, and none is taken away while demand grows"
    if need > size.serving and taken is not None and facts.now - taken <= quiet_seconds(facts):
        ago = f"{facts.now - taken:.0f} s ago"
        return f"{text}; what was taken away {ago} is brought back once it is needed now: {size.now:.2f} are"
    return text
