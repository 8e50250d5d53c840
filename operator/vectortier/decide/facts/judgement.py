"""Is the SLO missed, and for long enough? Judged by the share of bad requests, never by a percentile in a ratio.

The promise is about the long window. To grow takes both: the long one shows that it is no blip, the short one that it
is still so.
"""

from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.windows import Windows
from vectortier.model.load import BUDGET, SloWindow
from vectortier.model.value import Unknown

LEAST_BAD = 2
"""Fewer bad requests than this in the short window do not speak for growing, however few requests there were."""


@dataclass(frozen=True)
class Judgement:
    """Whether the SLO is met over the long window (None: not known), and whether it is missed now, over both."""

    met: bool | None
    missed_now: bool
    reason: str
    message: str


def judge(spec: VectorTierSpec, windows: Windows | Unknown) -> Judgement:
    """Whether the tier keeps its promise now."""
    if isinstance(windows, Unknown):
        return Judgement(None, False, windows.reason, windows.message)
    long, least = windows.long, spec.slo.search.min_requests
    if long.requests < least:
        reason = Reason.TOO_FEW_REQUESTS if long.requests > 0 else Reason.NO_TRAFFIC
        text = f"{long.requests:.0f} requests in {long.seconds} s, at least {least} are needed"
        return Judgement(None, False, reason, text)
    over_long = (long.bad_fraction or 0.0) > BUDGET
    if not over_long and (long.bad_fraction_at_most or 0.0) > BUDGET:
        return Judgement(None, False, Reason.SLO_BETWEEN_BUCKETS, _undecided(spec, long))
    # One slow request among a few is no evidence of anything.
    over_short = (windows.short.bad_fraction or 0.0) > BUDGET and windows.short.bad >= LEAST_BAD
    reason = (Reason.SLO_MISSED if over_short else Reason.RECOVERING) if over_long else Reason.WITHIN_SLO
    return Judgement(not over_long, over_short and over_long, reason, _shares(spec, windows))


def _undecided(spec: VectorTierSpec, long: SloWindow) -> str:
    promise, bounds = spec.slo.search.p99_milliseconds, long.between_milliseconds or (None, None)
    known = [f"{bound:g} ms" for bound in bounds if bound is not None]
    shares = f"between {long.bad_fraction or 0.0:.2%} and {long.bad_fraction_at_most or 0.0:.2%} of {long.requests:.0f}"
    return (
        f"{shares} requests in {long.seconds} s were slower than {promise} ms or failed, and {BUDGET:.0%} may be: p99 "
        f"lies between {' and '.join(known)}, as far as Weaviate's own histogram tells, which has no bound at "
        f"{promise} ms. A promise of {' or '.join(known)} could be judged by it; any, once a gateway is scraped"
    )


def _shares(spec: VectorTierSpec, windows: Windows) -> str:
    short, long = windows.short, windows.long
    by = "" if long.between_milliseconds is None else ", by Weaviate's own histogram"
    return (
        f"{short.bad_fraction or 0.0:.2%} of {short.requests:.0f} requests were bad in {short.seconds} s, "
        f"{long.bad_fraction or 0.0:.2%} of {long.requests:.0f} in {long.seconds} s; {BUDGET:.0%} may be slower than "
        f"{spec.slo.search.p99_milliseconds} ms or fail{by}"
    )
