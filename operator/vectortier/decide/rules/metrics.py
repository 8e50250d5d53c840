"""Can the metrics be believed? Missing, stale, partial or odd numbers never justify a change."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.windows import Windows
from vectortier.decide.ruling import Ruling, hold, passes


def metrics_known(facts: Facts) -> Ruling | None:
    """Hold while the metrics cannot be believed.

    Nodes and copies that Git asks for need no evidence of a missed SLO, and a tier without traffic has none to give;
    they still need metrics as such, because room in memory and on disk is read from them.
    """
    windows = facts.windows
    if isinstance(windows, Windows):
        long = windows.long
        return passes(f"{long.requests:.0f} requests in {long.seconds} s, newest sample {long.age_seconds:.0f} s old")
    if windows.reason == Reason.NO_TRAFFIC and shortfall(facts) is not None:
        return passes(windows.message, Reason.NO_TRAFFIC)
    return hold(windows.reason, windows.message)
