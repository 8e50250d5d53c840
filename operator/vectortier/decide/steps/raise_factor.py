"""RaiseFactor: the collection promises as many copies as it has."""

from vectortier.api.reasons import Reason
from vectortier.decide.obstacles import OBSTACLES
from vectortier.decide.placement import find_collection
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal
from vectortier.model.plan import RaiseFactor


def raise_factor(at: At) -> Ruling:
    """Never before every shard has the copies, and never lower than it is."""
    name, factor = at.step.collection or "", at.step.factor or 1
    collection = find_collection(at.facts.database, name)
    if collection is None:
        return complete(at, f"{name} does not exist any more")
    if collection.factor >= factor:
        return complete(at, f"{name} has factor {collection.factor}")
    short = [s for s in collection.shards if len(s.replicas) < factor]
    if short:
        text = f"{name}/{short[0].name} has too few copies for factor {factor}: {len(short[0].replicas)}"
        return fail(at, Reason.OPERATION_FAILED, text)
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    action = RaiseFactor(index=at.index, collection=name, factor=factor)
    return propose(action, Reason.SCALING_OUT, f"{at.label()}: {name} from factor {collection.factor} to {factor}")
