"""LowerFactor: the collection promises as few copies as it is to have, so that Weaviate lets go of the others."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.placement import find_collection
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal
from vectortier.model.plan import LowerFactor
from vectortier.model.weaviate import Collection

REFUSED_SECONDS = 900.0
"""How long Weaviate may refuse the new definition."""


def lower_factor(at: At) -> Ruling:
    """Done when the collection promises no more than that, whoever made it so."""
    name, factor = at.step.collection or "", at.step.factor or 1
    collection = find_collection(at.facts.database, name)
    if collection is None:
        return complete(at, f"{name} does not exist any more")
    if collection.factor <= factor:
        return complete(at, f"{name} has factor {collection.factor}")
    return _pointless(at, name, factor) or _lower(at, collection, factor)


def _pointless(at: At, name: str, factor: int) -> Ruling | None:
    if factor >= at.facts.spec.copies.min:
        return None
    text = f"{factor} copies of {name} would be left, copies.min is now {at.facts.spec.copies.min}"
    return fail(at, Reason.OPERATION_FAILED, text)


def _lower(at: At, collection: Collection, factor: int) -> Ruling:
    change = f"{collection.name} from factor {collection.factor} to {factor}"
    if at.journalled and at.seconds > REFUSED_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"Weaviate has not taken {change} within {at.seconds:.0f} s")
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    action = LowerFactor(index=at.index, collection=collection.name, factor=factor)
    return propose(action, at.reason, f"{at.label()}: {change}")
