"""RaiseFactor: the collection promises as many copies as it has."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.placement import find_collection
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, journal
from vectortier.model.plan import RaiseFactor
from vectortier.model.weaviate import Collection

REFUSED_SECONDS = 900.0
"""How long Weaviate may refuse the new definition."""


def raise_factor(at: At) -> Ruling:
    """Never before every shard has the copies, and never lower than it is."""
    name, factor = at.step.collection or "", at.step.factor or 1
    collection = find_collection(at.facts.database, name)
    if collection is None:
        return complete(at, f"{name} does not exist any more")
    if collection.factor >= factor:
        return complete(at, f"{name} has factor {collection.factor}")
    fewest = min((len(s.replicas) for s in collection.shards), default=factor)
    if fewest < factor:
        # Its shards were copied before, so these are others: the application has made the collection anew.
        return complete(at, f"{name} was made anew and has {fewest} copies: its factor stays {collection.factor}")
    return _raise(at, collection, factor)


def _raise(at: At, collection: Collection, factor: int) -> Ruling:
    change = f"{collection.name} from factor {collection.factor} to {factor}"
    if at.journalled and at.seconds > REFUSED_SECONDS:
        # The copies are complete and paid for: to serve from them matters more.
        return complete(at, f"Weaviate has not taken {change} within {at.seconds:.0f} s; going on without", late=True)
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    action = RaiseFactor(index=at.index, collection=collection.name, factor=factor)
    return propose(action, Reason.SCALING_OUT, f"{at.label()}: {change}")
