"""Does one collection take most of the searches, at nodes or with copies that do not suffice for it alone?"""

from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.decide.causes.cause import Cause
from vectortier.decide.causes.use import Use, mean_used
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import find_collection, single_tenant
from vectortier.decide.facts.size import next_size
from vectortier.model.load import Load
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Collection

HOT_SHARE = 0.5
"""A collection is hot when it takes more searches than all the others together."""
FAR_BUSIER = 1.5
"""By this factor its nodes are busier than the others, where only their use tells."""


@dataclass(frozen=True)
class Hot:
    """The cause, the share of searches (0..1) that it stands for, and the nodes that bear it."""

    cause: Cause
    share: float
    holders: frozenset[str]


def find_hot(facts: Facts, load: Load, found: tuple[Use, ...], limit: float) -> Hot | None:
    """The hot collection, None when there is none. `limit` is the utilisation that a copy bears."""
    if isinstance(load.collections, Unknown) or not load.collections:
        return _by_place(facts, found, limit)
    total = sum(c.searches_per_second for c in load.collections)
    top = max(load.collections, key=lambda c: c.searches_per_second)
    collection = find_collection(facts.database, top.name)
    if collection is None or total <= 0 or top.searches_per_second <= HOT_SHARE * total:
        return None
    share = top.searches_per_second / total
    here, others = _parted(collection, found)
    text = f"{collection.name} takes {share:.0%} of the searches"
    if collection.multi_tenant:
        return _of_tenants(collection, share, here, limit, text)
    if not others or not here or mean_used(here) < limit or _least(here) <= _most(others):
        return None
    return _on_few(facts, collection, share, here, others, text)


def _of_tenants(collection: Collection, share: float, here: tuple[Use, ...], limit: float, text: str) -> Hot | None:
    """Tenants keep their copies, so no copy takes a part of such a load."""
    busiest = max(here, key=lambda u: u.used, default=None)
    if busiest is None or busiest.used < limit:
        return None
    text += f", and its tenants keep their copies; {busiest.node} uses {busiest.used:.0%} of its processors"
    cause = Cause(Reason.HOT_COLLECTION, text, busiest.node, collection.name)
    return Hot(cause, share, frozenset(u.node for u in here))


def _on_few(
    facts: Facts, collection: Collection, share: float, here: tuple[Use, ...], others: tuple[Use, ...], text: str
) -> Hot:
    text += f" and is on {len(here)} of {len(here) + len(others)} nodes, which use {mean_used(here):.0%} of their "
    text += f"processors; the others use {mean_used(others):.0%}"
    grows = any(m.collection == collection.name for m in next_size(facts).moves)
    text += "; the next copy would be of it" if grows else "; the next copy would not be of it"
    cause = Cause(Reason.HOT_COLLECTION, text, collection=collection.name, nodes_help=grows)
    return Hot(cause, share, frozenset(u.node for u in here))


def _by_place(facts: Facts, found: tuple[Use, ...], limit: float) -> Hot | None:
    """Without searches by collection: one whose nodes are all far busier than every other node."""
    for collection in single_tenant(facts.database):
        here, others = _parted(collection, found)
        if here and others and mean_used(here) >= limit and _least(here) >= FAR_BUSIER * _most(others):
            text = f"{collection.name} probably is searched most (Weaviate does not tell collections apart)"
            return _on_few(facts, collection, 1.0, here, others, text)
    return None


def _parted(collection: Collection, found: tuple[Use, ...]) -> tuple[tuple[Use, ...], tuple[Use, ...]]:
    holders = {name for shard in collection.shards for name in shard.replicas}
    return tuple(u for u in found if u.node in holders), tuple(u for u in found if u.node not in holders)


def _least(found: tuple[Use, ...]) -> float:
    return min(u.used for u in found)


def _most(found: tuple[Use, ...]) -> float:
    return max(u.used for u in found)
