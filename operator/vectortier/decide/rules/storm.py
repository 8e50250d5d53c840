"""Is it writes that make searches slow? Then another copy does not help: every copy takes every write, and the
copying itself slows the source down further.

Only the clear case is held back: many times more writes than searches, and a stream of writes worth the name. Searches
that are slow under their own load are no storm, whatever is written beside them.
"""

import math

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.value import Unknown

WRITES_PER_SEARCH = 10.0
LEAST_WRITES_PER_SECOND = 20.0


def write_storm(facts: Facts) -> Ruling | None:
    """Hold while writes outnumber searches ten to one. Rates that are not known hold as well."""
    if isinstance(facts.load, Unknown) or shortfall(facts) is not None:
        return None
    writes, searches = facts.load.writes_per_second, facts.load.queries_per_second
    if isinstance(writes, Unknown):
        return hold(writes.reason, writes.message)
    if isinstance(searches, Unknown):
        return hold(searches.reason, searches.message)
    text = f"{writes:.0f} writes and {searches:.0f} searches per second"
    if not (math.isfinite(writes) and math.isfinite(searches)):
        return hold(Reason.METRICS_INVALID, text)
    if writes >= LEAST_WRITES_PER_SECOND and writes >= WRITES_PER_SEARCH * searches:
        return hold(Reason.WRITE_STORM, f"{text}: another copy would have to take every write as well")
    return passes(text)
