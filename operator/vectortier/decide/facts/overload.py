"""Is the tier asked for more than it answers, by what is seen rather than by what is modelled?"""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.utilisation import saturated_share
from vectortier.model.load import BUDGET
from vectortier.model.value import Unknown

MOSTLY = 0.5
"""So large a share of the serving nodes has to be busy all the time."""


def overload(facts: Facts) -> str | None:
    """What shows that the nodes are busy all the time and searches are late; None when they are not."""
    load = facts.load
    if isinstance(load, Unknown) or load.instant is None:
        return None
    busy, late = saturated_share(facts, load), load.instant.bad_fraction
    if busy is None or busy < MOSTLY or late is None or late <= BUDGET:
        return None
    return f"{busy:.0%} of the nodes are busy all the time and {late:.0%} of the searches are late"
