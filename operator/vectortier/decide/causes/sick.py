"""Is one serving node unlike its peers?"""

from statistics import fmean, median

from vectortier.api.reasons import Reason
from vectortier.decide.causes.cause import Cause
from vectortier.decide.causes.use import Use
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import find_member

FAR_BUSIER = 1.5
LEAST_GAP = 0.15
"""A node is far busier at this many times its peers' median, and by at least this share of its limit: least-request
routing keeps equal nodes within a few hundredths of one another."""
FULL = 0.95
NOT_FULL = 0.85
"""A node at its limit stands out also beside busy peers, as long as each of those has room."""
FAR_IDLER = 0.3
IDLE = 0.1
"""A node that answers nothing uses a fraction of its peers, and little in itself."""
CRASHES = 3
CRASHING_SECONDS = 1800.0
"""A container that has started so often, and last within this time, does not stay up."""


def sick_nodes(facts: Facts, group: tuple[Use, ...], limit: float) -> tuple[Cause, ...]:
    """The nodes of a group with equal work that are unlike the rest, fewer than half of it (one of two). `limit` is the
    utilisation that a copy bears."""
    found = [c for u in group if (c := _ill(facts, u, group, limit)) is not None]
    idle = [c for u in group if (c := _idle(u, _others(u, group))) is not None]
    rest = tuple(u for u in group if u.node not in {c.node for c in idle})
    busy = [c for u in rest if (c := _busy(u, _others(u, rest))) is not None]
    named = {c.node: c for c in (*busy, *idle, *found)}
    return tuple(named.values()) if 2 * len(named) <= len(group) else ()


def _others(use: Use, group: tuple[Use, ...]) -> tuple[Use, ...]:
    return tuple(u for u in group if u.node != use.node)


def _busy(use: Use, others: tuple[Use, ...]) -> Cause | None:
    if not others:
        return None
    usual = median(_for_work(u, use) for u in others)
    far = use.used >= FAR_BUSIER * usual and use.used - usual >= LEAST_GAP
    alone = use.used >= FULL and all(max(u.used, _for_work(u, use)) <= NOT_FULL for u in others)
    if not far and not alone:
        return None
    text = f"{use.node} uses {use.used:.0%} of its processors, and its peers would use {usual:.0%} for the same work"
    return Cause(Reason.SICK_NODE, text, node=use.node)


def _idle(use: Use, others: tuple[Use, ...]) -> Cause | None:
    """Judged by searches: a node that answers none still takes every write."""
    if not others:
        return None
    usual = fmean(u.used for u in others)
    searches, answered = median(u.searches for u in others), max(0.0, use.used - median(u.writes for u in others))
    if answered > min(IDLE, FAR_IDLER * searches) or searches < LEAST_GAP:
        return None
    text = f"{use.node} uses {use.used:.0%} of its processors while its peers use {usual:.0%}: it answers few searches"
    return Cause(Reason.SICK_NODE, text, node=use.node)


def _ill(facts: Facts, use: Use, group: tuple[Use, ...], limit: float) -> Cause | None:
    """Not healthy without being busy, which alone makes a node late; or it does not stay up."""
    pod = facts.pod(use.node)
    started = pod.started_at if pod is not None else None
    if pod is not None and started is not None and pod.restarts >= CRASHES and facts.now - started < CRASHING_SECONDS:
        text = f"{use.node} was restarted {pod.restarts} times, last {facts.now - started:.0f} s ago"
        return Cause(Reason.SICK_NODE, text, node=use.node)
    if use.used >= limit or _healthy(facts, use.node) or not all(_healthy(facts, u.node) for u in _others(use, group)):
        return None
    member = find_member(facts.database, use.node)
    state = member.status if member is not None else "not a member"
    text = f"{use.node} is {state} while it uses {use.used:.0%} of its processors, and its peers are healthy"
    return Cause(Reason.SICK_NODE, text, node=use.node)


def _healthy(facts: Facts, name: str) -> bool:
    member, pod = find_member(facts.database, name), facts.pod(name)
    return member is not None and member.status == "HEALTHY" and pod is not None and pod.ready


def _for_work(peer: Use, use: Use) -> float:
    """What the peer would use for the work of the other node."""
    return peer.used * use.work / peer.work if peer.work > 0 and use.work > 0 else peer.used
