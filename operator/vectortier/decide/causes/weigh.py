"""Would the nodes still have too much to do if every other cause were gone, and is it searches or writes?

Each copy takes every write, so with twice the copies a node does half its searches and all its writes. Where searches
are the greater part, that leaves a full node at three quarters at most, which a copy bears: nodes help. Where writes
are the greater part, they do not.
"""

from statistics import fmean

from vectortier.api.reasons import Reason
from vectortier.decide.causes.cause import Cause
from vectortier.decide.causes.hot import Hot
from vectortier.decide.causes.passing import moving_nodes
from vectortier.decide.causes.use import Use, mean_used, rates
from vectortier.decide.facts.look import Facts
from vectortier.model.load import Load

STORM_SHARE = 0.25
"""What a copy keeps free when it uses all that it bears: writes that take more are worth naming."""
QUEUED_VECTORS = 10_000
"""So many vectors that wait to be indexed keep a node busy after the writes have ended."""
MOVEMENT_SHARE = 0.25
BACKUP_SHARE = 0.5
"""What a copy takes of a node's processors, as the simulation has it, and what a backup may take, by Weaviate's default
CPUPercentage; used where there is no node to compare with."""


def what_is_left(facts: Facts, found: tuple[Use, ...], unlike: frozenset[str | None], hot: Hot | None) -> Use | None:
    """The mean node, were the other causes gone: with even shares, without what a movement takes, and without the
    searches that no copy would take over. None when no node shows it.

    Of the `unlike` nodes, one that is busier than the rest would come down to them, and one that is idler would take
    its share.
    """
    of_tenants = hot is not None and hot.cause.node is not None
    if hot is not None and not of_tenants:
        found = tuple(u for u in found if u.node not in hot.holders)
    evened = _evened(facts, found, unlike)
    if not evened:
        return None
    kept = 1.0 - hot.share if hot is not None and of_tenants else 1.0
    searches, writes = fmean(u.searches for u in evened) * kept, fmean(u.writes for u in evened)
    return Use("", searches + writes, searches, writes, 0.0)


def load_causes(facts: Facts, load: Load, left: Use, limit: float) -> tuple[Cause, ...]:
    """Saturation, a storm of writes, or both, in this order; none while less than `limit` (0..1) of the processors is
    used. While vectors are indexed it cannot be told what searches take."""
    if left.used < limit:
        return ()
    queued = sum(s.vector_queue_length for m in facts.database.members for s in m.shards)
    storm = left.writes >= STORM_SHARE or queued >= QUEUED_VECTORS
    searches = left.searches >= left.writes and (left.writes >= STORM_SHARE or not storm)
    found = (_saturation(left, limit, load),) if searches else ()
    return (*found, _storm(left, load, queued)) if storm or not searches else found


def _evened(facts: Facts, found: tuple[Use, ...], unlike: frozenset[str | None]) -> list[Use]:
    well = tuple(u for u in found if u.node not in unlike)
    if well:
        usual = mean_used(well)
        return [_scaled(u, min(u.used, usual)) for u in found]
    moving = moving_nodes(facts)
    taken = BACKUP_SHARE if facts.database.backup_running is True else MOVEMENT_SHARE
    return [_scaled(u, max(0.0, u.used - taken)) for u in found if u.node in moving]


def _scaled(use: Use, used: float) -> Use:
    factor = used / use.used if use.used > 0 else 0.0
    return Use(use.node, used, use.searches * factor, use.writes * factor, use.work)


def _saturation(left: Use, limit: float, load: Load) -> Cause:
    text = f"searches alone use {left.searches:.0%} of the nodes' processors, and all work {left.used:.0%}"
    return Cause(Reason.SATURATION, f"{text}; a copy bears {limit:.0%}; {rates(load)}", nodes_help=True)


def _storm(left: Use, load: Load, queued: int) -> Cause:
    text = f"writes use {left.writes:.0%} of the nodes' processors, of {left.used:.0%} in all; {rates(load)}"
    if queued >= QUEUED_VECTORS:
        text += f"; {queued} vectors wait to be indexed"
    return Cause(Reason.WRITE_STORM, f"{text}: another copy would have to take every write as well")
