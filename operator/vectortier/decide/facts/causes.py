"""Why are searches slow, and would more nodes cure it?

Each cause is looked for by itself. Saturation is judged last, by the load that would be left if the others were gone:
with even shares among the nodes, without what a movement takes, and without the searches that no copy would take over.

Writes and searches. Each copy takes every write, so with twice the copies a node does half its searches and all its
writes. Where searches are the greater part, that leaves a full node at three quarters at most, which a copy bears:
nodes help. Where writes are the greater part, they do not.
"""

import math
from statistics import fmean

from vectortier.api.reasons import Reason
from vectortier.decide.facts.cause import Cause
from vectortier.decide.facts.hot import Hot, find_hot
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.passing import cold_nodes, moving_nodes, passing_causes
from vectortier.decide.facts.sick import sick_nodes
from vectortier.decide.facts.use import PRIOR, Costs, Use, mean_used, serving_names, uses, what_a_copy_bears
from vectortier.model.load import BUDGET, Load, SloWindow
from vectortier.model.value import Unknown

STORM_SHARE = 0.25
"""The share of its limit that a node keeps free at most: writes that take more than that are worth naming."""
QUEUED_VECTORS = 10_000
"""So many vectors that wait to be indexed keep a node busy after the writes have ended."""
MOVEMENT_SHARE = 0.25
"""What a copy takes of a node's processors, as the simulation has it; used where there is no node to compare with."""
WRITES_PER_SEARCH = 10.0
LEAST_WRITES_PER_SECOND = 20.0
"""How many writes are a storm where it is not known how busy the nodes are: clearly more than searches, and a stream
worth the name."""


def causes(facts: Facts, costs: Costs = PRIOR) -> tuple[Cause, ...]:
    """Why the promise is missed, most important first; none while it is kept or cannot be judged. Where nodes help with
    what is left, Saturation comes first. NaN in the rates or in the use of processors raises ValueError."""
    load = facts.load
    if isinstance(load, Unknown) or not _missed(load):
        return ()
    found = uses(facts, load, costs)
    if not all(math.isfinite(u.used) and u.used >= 0 and math.isfinite(u.work) for u in found):
        raise ValueError(f"the rates or the use of processors are no numbers: {found}")
    if not found or len(found) < len(serving_names(facts)):
        return _unproved(facts, load)
    return _proved(facts, load, found)


def nodes_help(found: tuple[Cause, ...]) -> bool:
    """Whether more nodes or copies would cure any of what remains."""
    return any(c.nodes_help for c in found)


def _missed(load: Load) -> bool:
    window = load.long
    return isinstance(window, SloWindow) and (window.bad_fraction or 0.0) > BUDGET


def _unproved(facts: Facts, load: Load) -> tuple[Cause, ...]:
    """How busy the nodes are is not known, so saturation can be assumed only."""
    passing, storm = passing_causes(facts), _many_writes(load)
    if passing or storm is not None:
        return passing + ((storm,) if storm is not None else ())
    text = "assumed, not proved: it is not known what the nodes use of their processors"
    return (Cause(Reason.SATURATION, f"{text}, and {_rates(load)}", nodes_help=True),)


def _many_writes(load: Load) -> Cause | None:
    writes, searches = load.writes_per_second, load.queries_per_second
    if isinstance(writes, Unknown) or isinstance(searches, Unknown):
        return None
    if writes < LEAST_WRITES_PER_SECOND or writes < WRITES_PER_SEARCH * searches:
        return None
    return Cause(Reason.WRITE_STORM, f"{_rates(load)}: another copy would have to take every write as well")


def _proved(facts: Facts, load: Load, found: tuple[Use, ...]) -> tuple[Cause, ...]:
    limit, passing = what_a_copy_bears(facts, found, load), passing_causes(facts)
    odd = moving_nodes(facts) | frozenset(cold_nodes(facts))
    steady = tuple(u for u in found if u.node not in odd)
    hot = find_hot(facts, load, steady, limit)
    sick = _sick(facts, steady, hot, limit)
    unlike: frozenset[str | None] = odd | {c.node for c in sick}
    left = _left(facts, found, unlike, hot)
    storm = _storm(facts, load, found, unlike, limit)
    saturation = _saturation(left, limit, load) if left is not None else None
    others = [*sick, *([hot.cause] if hot is not None else []), *([storm] if storm is not None else []), *passing]
    named = (*([saturation] if saturation is not None else []), *others)
    return named or (_unknown(found, limit),)


def _sick(facts: Facts, steady: tuple[Use, ...], hot: Hot | None, limit: float) -> tuple[Cause, ...]:
    """Nodes are compared with those that have the same work. A hot tenant is enough to make its nodes unlike others."""
    if hot is None:
        return sick_nodes(facts, steady, limit)
    if hot.cause.node is not None:
        return ()
    here = tuple(u for u in steady if u.node in hot.holders)
    others = tuple(u for u in steady if u.node not in hot.holders)
    return sick_nodes(facts, here, limit) + sick_nodes(facts, others, limit)


def _left(facts: Facts, found: tuple[Use, ...], unlike: frozenset[str | None], hot: Hot | None) -> Use | None:
    """The mean node, were the other causes gone; None when no node shows it.

    An unlike node that is busier than its peers would come down to them, and one that is idler would take its share.
    """
    if hot is not None and hot.cause.node is None:
        found = tuple(u for u in found if u.node not in hot.holders)
    well = tuple(u for u in found if u.node not in unlike)
    if well:
        usual = mean_used(well)
        evened = [_scaled(u, min(u.used, usual)) for u in found]
    else:
        moving = moving_nodes(facts)
        evened = [_scaled(u, max(0.0, u.used - MOVEMENT_SHARE)) for u in found if u.node in moving]
    if not evened:
        return None
    kept = 1.0 - hot.share if hot is not None and hot.cause.node is not None else 1.0
    searches, writes = fmean(u.searches for u in evened) * kept, fmean(u.writes for u in evened)
    return Use("", searches + writes, searches, writes, 0.0)


def _scaled(use: Use, used: float) -> Use:
    factor = used / use.used if use.used > 0 else 0.0
    return Use(use.node, used, use.searches * factor, use.writes * factor, use.work)


def _saturation(left: Use, limit: float, load: Load) -> Cause | None:
    if left.used < limit or left.searches < min(left.writes, limit):
        return None
    text = f"searches alone use {left.searches:.0%} of the nodes' processors, and all work {left.used:.0%}"
    return Cause(Reason.SATURATION, f"{text}; a copy bears {limit:.0%}; {_rates(load)}", nodes_help=True)


def _storm(
    facts: Facts, load: Load, found: tuple[Use, ...], unlike: frozenset[str | None], limit: float
) -> Cause | None:
    well = tuple(u for u in found if u.node not in unlike) or found
    writes = fmean(u.writes for u in well)
    if mean_used(well) < limit:
        return None
    names = {u.node for u in well}
    queued = sum(s.vector_queue_length for m in facts.database.members if m.name in names for s in m.shards)
    if writes < STORM_SHARE and queued < QUEUED_VECTORS:
        return None
    text = f"writes use {writes:.0%} of the nodes' processors, of {mean_used(well):.0%} in all; {_rates(load)}"
    if queued >= QUEUED_VECTORS:
        text += f"; {queued} vectors wait to be indexed"
    return Cause(Reason.WRITE_STORM, f"{text}: another copy would have to take every write as well")


def _unknown(found: tuple[Use, ...], limit: float) -> Cause:
    most = max(found, key=lambda u: u.used)
    text = f"the nodes use {mean_used(found):.0%} of their processors, at most {most.used:.0%} ({most.node}), where a "
    text += f"copy bears {limit:.0%}: what makes searches slow is not the load"
    return Cause(Reason.CAUSE_UNKNOWN, text)


def _rates(load: Load) -> str:
    writes, searches = load.writes_per_second, load.queries_per_second
    known = [
        f"{rate:.0f} {what}"
        for rate, what in ((writes, "writes"), (searches, "searches"))
        if not isinstance(rate, Unknown)
    ]
    return f"{' and '.join(known)} per second"
