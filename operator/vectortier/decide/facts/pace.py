"""How many copies may be made at the same time: as many as the serving copies can spare the work for."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.need import Sizing
from vectortier.model.load import BUDGET
from vectortier.model.value import Unknown

_MARGIN = 1.03
"""How much more than what is needed now must be left while copies are made."""


def most_at_once(facts: Facts) -> int:
    """At least one, and at most what the spec allows. All of that once searches are late because there are too few
    copies: they stay late until there are enough, so that the sooner is the better. But one at a time while a single
    copy serves: it is every copy's source, and nobody takes its searches."""
    most, size, each = facts.spec.damping.max_concurrent_moves, facts.sizing, facts.learned.capacity.interference
    if size is None or each == 0:
        return most
    if size.serving <= 1:
        return 1
    if _is_overloaded(facts, size):
        return most
    spare = size.serving - _MARGIN * size.now
    return max(1, min(most, int(max(0.0, spare) / each)))


def _is_overloaded(facts: Facts, size: Sizing) -> bool:
    instant = None if isinstance(facts.load, Unknown) else facts.load.instant
    late = None if instant is None else instant.bad_fraction
    return size.now > size.serving and late is not None and late > BUDGET
