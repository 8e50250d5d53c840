"""Why are searches slow, and would more nodes cure it? Nodes are bought only where they help."""

import math

from vectortier.api.reasons import Reason
from vectortier.decide.causes.naming import causes, nodes_help
from vectortier.decide.causes.use import PRIOR, Costs
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import by_node
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.value import Unknown


def nodes_cure_it(facts: Facts) -> Ruling | None:
    """Hold while what makes searches slow is nothing that nodes cure; say the cause in either case. Rates that are not
    known hold as well. What the spec's minimums ask for needs no cause."""
    if isinstance(facts.load, Unknown) or shortfall(facts) is not None:
        return None
    rates = {"searches": facts.load.queries_per_second, "writes": facts.load.writes_per_second}
    for what, rate in rates.items():
        if isinstance(rate, Unknown):
            return hold(rate.reason, rate.message)
        if not (math.isfinite(rate) and rate >= 0):
            return hold(Reason.METRICS_INVALID, f"{rate} {what} per second")
    cpu = by_node(facts.load.cpu)
    if not all(math.isfinite(used) and used >= 0 for used in cpu.values()):
        return hold(Reason.METRICS_INVALID, f"use of processors: {cpu}")
    found = causes(facts, _costs(facts))
    if not found:
        return None
    text = "; ".join((found[0].evidence, *(f"{c.kind}: {c.evidence}" for c in found[1:])))
    return passes(text, found[0].kind) if nodes_help(found) else hold(found[0].kind, text)


def _costs(facts: Facts) -> Costs:
    """What was learned of this tier, or what is usual."""
    learned = facts.learned.capacity
    return PRIOR if learned.search_cost is None else Costs(learned.search_cost, learned.write_cost)
