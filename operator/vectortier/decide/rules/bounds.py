"""May the tier grow at all, and is there anything that growing would copy?"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.proposed import MOST_COPIES, cut_from, proposed
from vectortier.decide.facts.shortfall import missing_nodes
from vectortier.decide.ruling import Ruling, hold, passes


def something_to_copy(facts: Facts) -> Ruling | None:
    """Another node serves nothing without a copy on it."""
    if missing_nodes(facts) or copies(facts.database) is not None:
        return None
    if facts.database.collections and all(c.multi_tenant for c in facts.database.collections):
        count = len(facts.database.collections)
        return hold(
            Reason.MULTI_TENANT_ONLY,
            f"multi-tenant collections keep their copies, and there are no others ({count} in all)",
        )
    return hold(Reason.NO_COLLECTIONS, "there is no collection to copy")


def fits_journal(facts: Facts) -> Ruling | None:
    """Nothing is begun that could not be written down."""
    count = len(proposed(facts).moves)
    if count <= MOST_COPIES:
        return None
    return hold(Reason.TOO_MANY_SHARDS, f"{count} shards would be copied, an operation can copy {MOST_COPIES}")


def within_bounds(facts: Facts) -> Ruling | None:
    """Hold when not even the smallest step is allowed. Nodes first: copies.max is at most nodes.max, so the one who
    raises copies.max alone is refused. Nodes that are there already are no step: a copy that is missing is made on them
    before they go."""
    size, spec = proposed(facts), facts.spec
    if size.new_nodes and size.nodes > spec.nodes.max:
        return hold(Reason.AT_MAX_NODES, f"{size.nodes} nodes are needed, nodes.max is {spec.nodes.max}")
    if size.moves and size.copies > spec.copies.max:
        return hold(Reason.AT_MAX_COPIES, f"{size.copies} copies are needed, copies.max is {spec.copies.max}")
    text = f"{size.nodes} of at most {spec.nodes.max} nodes, {size.copies} of at most {spec.copies.max} copies"
    wanted = cut_from(facts, size)
    return passes(text if wanted is None else f"{text}; {wanted} copies are wanted, more than may be made at once")
