"""How many copies the tier should have, before anything is asked that may stand in the way."""

import math

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.movement import last_changed, last_ended
from vectortier.decide.facts.need import Sizing, Wanted
from vectortier.decide.facts.overload import overload
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.model.journal import OperationKind

EFFECT_SECONDS = 30.0
"""After a scale-out, until what has queued before is worked off and the metrics show what the new copies do."""
MOST_GROWTH = 2
"""At most so many times the copies there are, in one decision."""


def wanted(facts: Facts) -> Wanted | None:
    """None: as many as there are."""
    have = copies(facts.database)
    if have == 0 or shortfall(facts) is not None:
        return None
    if have is None:
        return _fewer_nodes(facts)
    size = facts.sizing
    if (allowed := _allowed(facts, size, have)) is not None:
        return allowed
    if size is None or size.serving == 0:
        return None
    return _by_need(facts, size, have)


def _by_need(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    if not _is_proved(facts):
        return _fewer(facts, size, have)
    return _relief(facts, size, have) or _more(facts, size, have) or _fewer(facts, size, have)


def _allowed(facts: Facts, size: Sizing | None, have: int) -> Wanted | None:
    """No more than the spec allows, once its maximum was lowered below what there is, unless more is needed."""
    spec = facts.spec
    least = min(have, spec.copies.max, spec.nodes.max)
    need = 0.0 if size is None else max(size.now, size.ahead)
    if need > least or facts.verdict.missed_now:
        return None
    if have > spec.copies.max:
        return Wanted(least, f"there are {have} copies, copies.max is {spec.copies.max}")
    if facts.workload.desired_nodes > spec.nodes.max:
        return Wanted(least, f"there are {facts.workload.desired_nodes} nodes, nodes.max is {spec.nodes.max}")
    return None


def _fewer_nodes(facts: Facts) -> Wanted | None:
    """The same for a tier that holds nothing but tenants."""
    if not facts.database.collections or facts.verdict.missed_now:
        return None
    if facts.workload.desired_nodes <= facts.spec.nodes.max:
        return None
    return Wanted(0, f"there are {facts.workload.desired_nodes} nodes, nodes.max is {facts.spec.nodes.max}")


def is_too_large(facts: Facts) -> bool:
    """Whether what is wanted is less than there is."""
    have = copies(facts.database) or 0
    if facts.wanted is None:
        return False
    return facts.wanted.copies < have or (
        facts.wanted.copies == have and facts.workload.desired_nodes > facts.spec.nodes.max
    )


def wanted_besides(coming: Facts) -> Wanted | None:
    """None: the scale-out that is under way, and taken here to be done (`coming`), is as likely to be enough as not.

    The forecast alone decides that, without headroom: what turns out to be missing can be added later just as well.
    """
    have, size = copies(coming.database), coming.sizing
    if have is None or size is None or size.serving == 0 or shortfall(coming) is not None or not _is_proved(coming):
        return None
    if size.expected <= size.serving:
        return None
    text = f"{size.now:.2f} copies are needed now and {size.expected:.2f} when another one could serve"
    return Wanted(_target(size, have, max(size.now, size.expected)), f"{text}, of {size.serving} that there will be")


def _relief(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """At least one more for a tier that is overloaded, whatever the model says. Not before the copies that came last
    had time to work off what has queued."""
    overloaded, ended = overload(facts), last_ended(facts.journal, OperationKind.SCALE_OUT)
    if overloaded is None or (ended is not None and facts.now - ended < EFFECT_SECONDS):
        return None
    return Wanted(_target(size, have, max(size.now, size.ahead)), overloaded)


def _more(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """More than it can do is needed, now or when a copy could serve. What making one takes from the others counts as
    needed as long as they can spare it: then is the time to make it."""
    left = size.serving - facts.learned.capacity.interference
    need = max(size.now, size.ahead)
    if need <= (left if size.now <= left else size.serving):
        return None
    if size.now <= size.serving and _changed_lately(facts, OperationKind.SCALE_IN):
        return None
    text = f"{size.now:.2f} copies are needed now and {size.ahead:.2f} when another one could serve"
    return Wanted(_target(size, have, max(need, size.later)), f"{text}, of {size.serving}")


def _fewer(facts: Facts, size: Sizing, have: int) -> Wanted | None:
    """It has been larger than it needs to be for as long as the spec says. While demand grows nothing is taken away: it
    may grow as it never has, and to bring a copy back takes a movement."""
    spare, needed = facts.learned.spare, facts.spec.damping.scale_in.stabilization_window_seconds
    if spare.since is None or facts.now - spare.since < needed or spare.most >= size.serving:
        return None
    if size.grows or _changed_lately(facts, OperationKind.SCALE_OUT) or size.serving != have:
        return None
    least = max(spare.most, facts.spec.copies.min, facts.spec.nodes.min)
    if least >= have:
        return None
    most = "1 copy was" if spare.most == 1 else f"{spare.most} copies were"
    text = f"at most {most} needed for {facts.now - spare.since:.0f} s, with what may come"
    return Wanted(least, f"{text}, of {size.serving}")


def _target(size: Sizing, have: int, need: float) -> int:
    """Whole copies for the need, at least one more, and not too many at once."""
    most = MOST_GROWTH * size.serving
    wanted_serving = most if math.isinf(need) else min(most, math.ceil(need))
    return max(have + 1, have + wanted_serving - size.serving)


def _is_proved(facts: Facts) -> bool:
    """Whether so many searches were seen that they prove something."""
    return facts.verdict.met is not None


def _changed_lately(facts: Facts, kind: OperationKind) -> bool:
    changed = last_changed(facts.journal, kind)
    return changed is not None and facts.now - changed <= quiet_seconds(facts)
