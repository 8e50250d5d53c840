"""Why are searches slow, and would more nodes cure it?

Each cause is looked for by itself. Writes and searches are judged last, by the load that would be left if the other
causes were gone (`weigh.py`).
"""

import math

from vectortier.api.reasons import Reason
from vectortier.decide.causes.cause import Cause
from vectortier.decide.causes.cpu import beside
from vectortier.decide.causes.hot import Hot, find_hot
from vectortier.decide.causes.passing import cold_nodes, moving_nodes, passing_causes
from vectortier.decide.causes.sick import sick_nodes
from vectortier.decide.causes.use import PRIOR, Costs, Use, mean_used, rates, serving_names, uses, what_a_copy_bears
from vectortier.decide.causes.weigh import load_causes, what_is_left
from vectortier.decide.facts.look import Facts
from vectortier.model.load import BUDGET, Load, SloWindow
from vectortier.model.value import Unknown

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
    return (Cause(Reason.SATURATION, f"{text}, and {rates(load)}", nodes_help=True),)


def _many_writes(load: Load) -> Cause | None:
    writes, searches = load.writes_per_second, load.queries_per_second
    if isinstance(writes, Unknown) or isinstance(searches, Unknown):
        return None
    if writes < LEAST_WRITES_PER_SECOND or writes < WRITES_PER_SEARCH * searches:
        return None
    return Cause(Reason.WRITE_STORM, f"{rates(load)}: another copy would have to take every write as well")


def _proved(facts: Facts, load: Load, found: tuple[Use, ...]) -> tuple[Cause, ...]:
    limit, passing = what_a_copy_bears(facts, found, load), passing_causes(facts)
    odd = moving_nodes(facts) | frozenset(cold_nodes(facts))
    steady = tuple(u for u in found if u.node not in odd)
    hot = find_hot(facts, load, steady, limit)
    sick = _sick(facts, steady, hot, limit)
    others = (*sick, *((hot.cause,) if hot is not None else ()), *passing)
    left = what_is_left(facts, found, odd | {c.node for c in sick}, hot)
    if left is not None:
        others = (*load_causes(facts, load, left, beside(limit) if others else limit), *others)
    return others or (_unknown(found, limit),)


def _sick(facts: Facts, steady: tuple[Use, ...], hot: Hot | None, limit: float) -> tuple[Cause, ...]:
    """Nodes are compared with those that have the same work. A hot tenant is enough to make its nodes unlike others."""
    if hot is None:
        return sick_nodes(facts, steady, limit)
    if hot.cause.node is not None:
        return ()
    here = tuple(u for u in steady if u.node in hot.holders)
    others = tuple(u for u in steady if u.node not in hot.holders)
    return sick_nodes(facts, here, limit) + sick_nodes(facts, others, limit)


def _unknown(found: tuple[Use, ...], limit: float) -> Cause:
    most = max(found, key=lambda u: u.used)
    text = f"the nodes use {mean_used(found):.0%} of their processors, at most {most.used:.0%} ({most.node}), where a "
    text += f"copy bears {limit:.0%}: what makes searches slow is not the load"
    return Cause(Reason.CAUSE_UNKNOWN, text)
