"""How many copies the tier should have, before anything is asked that may stand in the way."""

import math

from vectortier.decide.facts.judgement import judge
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.movement import last_begun, last_ended
from vectortier.decide.facts.need import Sizing, Wanted
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.decide.facts.utilisation import saturated_share
from vectortier.model.journal import OperationKind
from vectortier.model.load import BUDGET
from vectortier.model.value import Unknown

OVERLOAD_FACTOR = 1.5
"""An overloaded tier does not show how much it is asked for: so many times what it answers is a first answer."""
MOSTLY = 0.5
"""So large a share of the serving nodes has to be busy all the time."""
EFFECT_SECONDS = 30.0
"""After a scale-out, until what has queued before is worked off and the metrics show what the new copies do."""
MOST_GROWTH = 2
"""At most so many times the copies there are, in one operation."""
_SPARE_IN_COPYING = 1.03
"""How much more than what is needed now must be left while copies are made, so that the number of them is not cut."""


def wanted(facts: Facts) -> Wanted | None:
    """None: as many as there are."""
    have = copies(facts.database)
    if have is None or have == 0 or shortfall(facts) is not None:
        return None
    size = facts.sizing
    if size is None or size.serving == 0:
        return None
    if not _is_proved(facts):
        return _fewer(facts, size, have)
    return _relief(facts, size, have) or _more(facts, size, have) or _fewer(facts, size, have)


def _overload(facts: Facts) -> str | None:
    """What shows that the nodes are busy all the time and searches are late; None when they are not."""
    load = facts.load
    if isinstance(load, Unknown) or load.instant is None:
        return None
    busy, late = saturated_share(facts, load), load.instant.bad_fraction
    if busy is None or busy < MOSTLY or late is None or late <= BUDGET:
        return None
    return f"{busy:.0%} of the nodes are busy all the time and {late:.0%} of the searches are late"


def _relief(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """More by a good measure: how much an overloaded tier is asked for is not known, only that it is more. Not before
    the copies that came last had time to work off what has queued."""
    overload, ended = _overload(facts), last_ended(facts, OperationKind.SCALE_OUT)
    if overload is None or (ended is not None and facts.now - ended < EFFECT_SECONDS):
        return None
    return Wanted(_target(size, have, max(size.ahead, OVERLOAD_FACTOR * max(size.now, size.serving))), overload)


def _more(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """More than it can do is needed, now or when a copy could serve. What making one takes from the others counts as
    needed as long as they can spare it: then is the time to make it."""
    left = size.serving - facts.learned.capacity.interference
    need = max(size.now, size.ahead)
    if need <= (left if size.now <= left else size.serving):
        return None
    if size.now <= size.serving and _changed_lately(facts, OperationKind.SCALE_IN):
        return None
    more = _target(size, have, max(need, size.later))
    text = f"{size.now:.2f} copies are needed now and {size.ahead:.2f} when another one could serve"
    return Wanted(_bearable(facts, size, have, more), f"{text}, of {size.serving}")


def _fewer(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """It has been larger than it needs to be for as long as the spec says."""
    spare, needed = facts.learned.spare, facts.spec.damping.scale_in.stabilization_window_seconds
    if spare.since is None or facts.now - spare.since < needed or spare.most >= size.serving:
        return None
    if _changed_lately(facts, OperationKind.SCALE_OUT) or size.serving != have:
        return None
    least = max(spare.most, facts.spec.copies.min, facts.spec.nodes.min)
    if least >= have:
        return None
    text = f"at most {spare.most} copies were needed for {facts.now - spare.since:.0f} s, with what may come"
    return Wanted(least, f"{text}, of {size.serving}")


def _target(size: Sizing, have: int, need: float) -> int:
    """Whole copies for the need, at least one more, and not too many at once."""
    most = MOST_GROWTH * size.serving
    wanted_serving = most if math.isinf(need) else min(most, math.ceil(need))
    return max(have + 1, have + wanted_serving - size.serving)


def _bearable(facts: Facts, size: Sizing, have: int, more: int) -> int:
    """So many of them at once that the others can do meanwhile what is asked now; one in any case."""
    each = facts.learned.capacity.interference
    if size.now >= size.serving or each == 0:
        return more
    spare = size.serving - _SPARE_IN_COPYING * size.now
    return max(have + 1, min(more, have + int(max(0.0, spare) / each)))


def _is_proved(facts: Facts) -> bool:
    """Whether so many searches were seen that they prove something."""
    return judge(facts.spec, facts.load).met is not None


def _changed_lately(facts: Facts, kind: OperationKind) -> bool:
    begun = last_begun(facts, kind)
    return begun is not None and facts.now - begun <= quiet_seconds(facts)
