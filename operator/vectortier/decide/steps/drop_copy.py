"""DropCopy: one node drops its copy of one shard, once enough others hold everything that it holds.

Weaviate itself only counts the others: whether they are alive, or complete, it does not ask. Of a tenant that is COLD
nobody can say it, so that one is HOT until its copy is dropped.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.moves import copies_before
from vectortier.decide.facts.placement import find_collection, find_member, find_shard, shard_on
from vectortier.decide.facts.tenants import COLD
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal, wait
from vectortier.model.journal import OperationKind
from vectortier.model.plan import ActivateTenant, DropCopy
from vectortier.model.weaviate import Shard

DROP_SECONDS = 900.0
"""How long Weaviate may refuse, and how long the others may lack objects. Counts lag by up to half a minute."""


def drop_copy(at: At) -> Ruling:
    """Done when the placement does not name the node any more."""
    shard = find_shard(at.facts.database, at.step.collection, at.step.shard)
    if shard is None:
        return complete(at, f"{_name(at)} does not exist any more")
    if at.target not in shard.replicas:
        return complete(at, f"{at.target} holds no copy of {_name(at)}")
    if at.journalled and at.seconds > DROP_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"{at.target} still holds {_name(at)} after {at.seconds:.0f} s")
    return _not_moved(at, shard) or _too_few(at, shard) or _in_the_way(at) or _drop(at, shard)


def _not_moved(at: At, shard: Shard) -> Ruling | None:
    """A copy that was to be made elsewhere first, and is not there: then this one stays."""
    lacking = [s.target for s in copies_before(at.operation, at.index) if s.target not in shard.replicas]
    if not lacking:
        return None
    text = f"{_name(at)} was not moved to {lacking[0]}"
    if at.operation.kind is OperationKind.SPREAD:
        return complete(at, f"{text}, so {at.target} keeps it")
    return fail(at, Reason.OPERATION_FAILED, text)


def _too_few(at: At, shard: Shard) -> Ruling | None:
    left, least = len(shard.replicas) - 1, _least(at)
    if left >= least:
        return None
    text = f"{_name(at)} has {left + 1} copies, {least} of which are to stay"
    return fail(at, Reason.OPERATION_FAILED, text)


def _least(at: At) -> int:
    """How many copies have to stay. A tenant has as many as its collection promises, whatever the tier has."""
    collection = find_collection(at.facts.database, at.step.collection)
    if collection is not None and collection.multi_tenant:
        return max(collection.factor, 1)
    return max(at.operation.copies, at.facts.spec.copies.min, 1)


def _in_the_way(at: At) -> Ruling | None:
    obstacle = first_hold(OBSTACLES, at.facts)
    return None if obstacle is None else blocked(at, obstacle)


def _drop(at: At, shard: Shard) -> Ruling:
    others = [name for name in shard.replicas if name != at.target]
    busy = next((n for n in others if (m := find_member(at.facts.database, n)) is None or m.status != "HEALTHY"), None)
    if busy is not None:
        return wait(at, f"{busy} holds {_name(at)} as well and is not healthy", Reason.NODE_NOT_READY)
    if shard.tenant_status == COLD:
        return _awaken(at)
    if not at.journalled:
        return journal(at, _count(at, at.target))
    lacking = _lacking(at, others)
    if lacking is not None:
        return wait(at, lacking, Reason.NODE_NOT_READY)
    action = DropCopy(
        index=at.index,
        collection=at.step.collection or "",
        shard=at.step.shard or "",
        node=at.target,
        copies=_least(at),
    )
    return propose(action, at.reason, f"{at.label()}: {at.target} drops {_name(at)}, which {', '.join(others)} keep")


def _awaken(at: At) -> Ruling:
    """That it was COLD is written down first: it is to be so again, whatever becomes of this step."""
    if not at.journalled or at.step.tenant_status != COLD:
        return journal(at, at.step.expected_objects, tenant_status=COLD)
    action = ActivateTenant(index=at.index, collection=at.step.collection or "", tenant=at.step.shard or "")
    return propose(action, at.reason, f"{at.label()}: {_name(at)} is COLD and is made HOT, to count what it holds")


def _lacking(at: At, others: list[str]) -> str | None:
    """Why the others may lack something; None when one of them has as many objects as the copy that goes, at the same
    look: compared with what that had before, what was written since would hide what is missing. Counts lag, each by its
    own time, so that under writes it takes some looks until they agree."""
    here = _count(at, at.target)
    wanted = here if here is not None else at.step.expected_objects
    if wanted is None:
        return f"{at.target} does not say how many objects of {_name(at)} it has"
    most = max((n for n in (_count(at, name) for name in others) if n is not None), default=None)
    if most is not None and most >= wanted:
        return None
    return f"{_name(at)} has {wanted} objects on {at.target}, and {most} elsewhere"


def _count(at: At, node: str) -> int | None:
    """None also for a shard that is not loaded: what it counts then says nothing."""
    found = shard_on(at.facts.database, node, at.step.collection or "", at.step.shard or "")
    return found.object_count if found is not None and found.loaded else None


def _name(at: At) -> str:
    return f"{at.step.collection}/{at.step.shard}"
