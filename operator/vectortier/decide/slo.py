"""Is the SLO missed, and for long enough? Judged by the share of bad requests over two windows: the long one shows
that it is no blip, the short one that it is still so. A percentile is never fed into a ratio."""

from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.demand import shortfall
from vectortier.decide.look import Facts
from vectortier.decide.metrics import read_windows
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.load import Load
from vectortier.model.value import Unknown

BUDGET = 0.01
"""The share of requests that may be bad: the promise is about the 99th percentile."""


@dataclass(frozen=True)
class Judgement:
    """Whether the SLO is met; None: not known."""

    met: bool | None
    reason: str
    message: str


def judge(spec: VectorTierSpec, load: Load | Unknown) -> Judgement:
    """Whether the tier keeps its promise now."""
    windows = read_windows(load)
    if isinstance(windows, Unknown):
        return Judgement(None, windows.reason, windows.message)
    long, least = windows.long, spec.slo.search.min_requests
    if long.requests < least:
        reason = Reason.TOO_FEW_REQUESTS if long.requests > 0 else Reason.NO_TRAFFIC
        return Judgement(None, reason, f"{long.requests:.0f} requests in {long.seconds} s, at least {least} are needed")
    shares = [w.bad_fraction or 0.0 for w in (windows.short, long)]
    text = (
        f"{shares[0]:.2%} of {windows.short.requests:.0f} requests were bad in {windows.short.seconds} s, "
        f"{shares[1]:.2%} of {long.requests:.0f} in {long.seconds} s; {BUDGET:.0%} may be slower than "
        f"{spec.slo.search.p99_milliseconds} ms or fail"
    )
    missed = all(share > BUDGET for share in shares)
    return Judgement(not missed, Reason.SLO_MISSED if missed else Reason.WITHIN_SLO, text)


def slo_missed(facts: Facts) -> Ruling | None:
    """Hold while the SLO is met, or not judged, or missed for less than the stabilisation window."""
    if (missing := shortfall(facts)) is not None:
        return passes(f"the spec asks for more: {missing}", Reason.SCALE_OUT_NEEDED)
    if isinstance(facts.load, Unknown):
        return None
    verdict = judge(facts.spec, facts.load)
    if verdict.met is not False:
        return hold(verdict.reason, verdict.message)
    lasted, needed = facts.load.missed_seconds, facts.spec.damping.scale_out.stabilization_window_seconds
    if isinstance(lasted, Unknown):
        return hold(lasted.reason, lasted.message)
    if not lasted >= needed:  # also holds for NaN
        return hold(Reason.STABILIZING, f"{verdict.message}; for {lasted:.0f} s now, {needed} s are needed")
    return passes(f"{verdict.message}; for {lasted:.0f} s now", Reason.SLO_MISSED)
