"""Copy: one more copy of one shard, verified in the sharding state and by counting objects.

What Weaviate says decides, not what we remember: a movement that was started before a crash is adopted, a copy that is
in place is verified, whatever the journal says. The source is never touched.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.failing import keeps_failing
from vectortier.decide.facts.placement import (
    ALIVE,
    best_source,
    can_be_cancelled,
    find_collection,
    find_member,
    find_shard,
    is_active,
    shard_on,
)
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.strain import late_lately
from vectortier.decide.facts.tenants import COLD, can_move, what_keeps
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, journal, wait
from vectortier.decide.yielding import gives_way
from vectortier.model.journal import Cost, OperationKind
from vectortier.model.plan import AdoptCopy, DeleteMovement, StartCopy
from vectortier.model.weaviate import Movement, Shard

MOST_ATTEMPTS = 3
START_SECONDS = 900.0
"""How long Weaviate may refuse to begin."""
VERIFY_SECONDS = 900.0
"""How long a copy in place may lack objects. Counts lag by up to half a minute."""
SLOW_SECONDS = 600.0
"""A movement that stays in one state for longer is worth a word; it is given up only where it keeps failing."""
ANSWER_SECONDS = 60.0
"""How long a request without an answer may still take effect: the same copy asked for twice breaks both."""
APPEAR_SECONDS = 60.0
"""How long a movement may be READY before its copy shows in the sharding state."""


def copy(at: At) -> Ruling:
    """One step closer to a verified copy."""
    shard = find_shard(at.facts.database, at.step.collection, at.step.shard)
    if shard is None:
        return complete(at, f"{_name(at)} does not exist any more")
    movement = _movement(at)
    in_place = at.target in shard.replicas
    if movement is None:
        return _verify(at) if in_place else _pointless(at, shard) or _begin(at)
    if movement.deleting:
        return wait(at, f"movement {movement.id} is on its way out of Weaviate's list")
    if is_active(movement.state):
        return _follow(at, movement)
    if movement.state == "READY" and in_place:
        return _verified_or(at, _delete(at, movement, "the copy is verified"), _lasted(at, movement))
    return _failed(at, movement)


def _pointless(at: At, shard: Shard) -> Ruling | None:
    """What cannot be moved any more, or has been moved by somebody else. A spread leaves it where it is; a node that is
    to go stays for its sake."""
    if at.operation.kind is OperationKind.SPREAD and at.step.source not in shard.replicas:
        return complete(at, f"{at.step.source} does not hold {_name(at)} any more")
    collection = find_collection(at.facts.database, at.step.collection)
    if collection is None or can_move(collection, shard):
        return None
    text = what_keeps(collection.name, shard)
    if at.operation.kind is OperationKind.SPREAD:
        return complete(at, f"{text} and stays where it is")
    return fail(at, Reason.TENANT_OFFLOADED, text)


def _begin(at: At) -> Ruling:
    return _out_of_patience(at) or _out_of_reach(at) or _start(at)


def _out_of_patience(at: At) -> Ruling | None:
    asked = at.facts.now - at.step.asked_at if at.step.asked_at is not None else ANSWER_SECONDS
    if asked < ANSWER_SECONDS:
        return wait(at, f"Weaviate was asked for {_name(at)} {asked:.0f} s ago without an answer; it may begin yet")
    if at.step.attempts >= MOST_ATTEMPTS:
        return fail(at, Reason.COPY_FAILED, f"Weaviate failed {at.step.attempts} times to copy {_name(at)}")
    if at.journalled and at.seconds > START_SECONDS:
        return fail(at, Reason.COPY_FAILED, f"Weaviate has not begun to copy {_name(at)} within {at.seconds:.0f} s")
    return None


def _out_of_reach(at: At) -> Ruling | None:
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return blocked(at, obstacle)
    if _source(at) is None:
        return wait(at, f"no replica of {_name(at)} is alive", Reason.NODE_NOT_READY)
    return None


def _start(at: At) -> Ruling:
    source, collection, shard = _source(at) or "", at.step.collection or "", at.step.shard or ""
    if not at.journalled:
        return gives_way(at) or _journal(at, source, predict_copy(at.facts, source, collection, shard))
    action = StartCopy(index=at.index, collection=collection, shard=shard, source=source, target=at.target)
    return propose(action, at.reason, f"{at.label()}: copy {_name(at)} from {source} to {at.target}")


def _journal(at: At, source: str, predicted: Cost | None = None) -> Ruling:
    # Of one that is tried again it is known from the first time, before anything was copied.
    before = late_lately(at.facts) if at.step.started_at is None else at.step.late_before
    return journal(at, _count(at, source), predicted, before, _status_before(at))


def _follow(at: At, movement: Movement) -> Ruling:
    if at.step.weaviate_operation_id != movement.id:
        if not at.journalled:
            return _journal(at, movement.source)
        action = AdoptCopy(index=at.index, weaviate_operation_id=movement.id)
        return propose(action, at.reason, f"{at.label()}: movement {movement.id} was begun before; go on with it")
    lasted = _lasted(at, movement)
    what = f"copying {_name(at)} to {at.target}: {movement.state}"
    obstacle = first_hold(OBSTACLES, at.facts)
    if obstacle is not None:
        return wait(at, f"{what}; {obstacle.message}", obstacle.reason)
    failing = keeps_failing(at.facts, movement) if can_be_cancelled(movement.state) else None
    if failing is not None:
        return _begin_anew(at, movement, failing)
    if lasted > SLOW_SECONDS:
        errors = f"; its last error: {movement.errors[-1].message}" if movement.errors else ""
        return wait(at, f"{what} for {lasted:.0f} s, longer than usual{errors}")
    return wait(at, what)


def _verify(at: At) -> Ruling:
    # Without the movement nobody says since when the copy is in place: what was predicted for making it is taken off.
    since = at.seconds - (at.step.predicted.seconds or 0.0)
    return _verified_or(at, complete(at, f"{_name(at)} is on {at.target}"), since)


def _verified_or(at: At, then: Ruling, since: float) -> Ruling:
    """`then` once the copy has as many objects as were, or are now, on the source; whichever is less. It has been in
    place for `since` seconds."""
    source = _source(at)
    there, here = _count(at, at.target), _count(at, source) if source is not None else None
    wanted = [n for n in (at.step.expected_objects, here) if n is not None]
    if there is not None and wanted and there >= min(wanted):
        return then
    text = f"{_name(at)} is on {at.target} with {there} objects, {min(wanted, default=None)} are expected"
    if not at.journalled and at.step.started_at is None:
        return journal(at, here, tenant_status=_status_before(at))
    if since > VERIFY_SECONDS:
        return fail(at, Reason.COPY_FAILED, f"{text}; the source is untouched")
    return wait(at, text)


def _failed(at: At, movement: Movement) -> Ruling:
    if movement.state == "READY":
        if _lasted(at, movement) < APPEAR_SECONDS:
            return wait(at, f"movement {movement.id} is READY, its copy does not show in the sharding state yet")
        return _delete(at, movement, "READY, but there is no copy", Reason.COPY_FAILED)
    errors = f": {movement.errors[-1].message}" if movement.errors else ""
    return _delete(at, movement, f"cancelled{errors}", Reason.COPY_CANCELLED)


def _begin_anew(at: At, movement: Movement, failing: str) -> Ruling:
    """Cancel what Weaviate itself would cancel much later; another movement of the same shard gets further."""
    action = DeleteMovement(index=at.index, weaviate_operation_id=movement.id, cancel=True)
    text = (
        f"{at.label()}: cancel movement {movement.id}, which is {movement.state} and fails again and again: {failing}"
    )
    return propose(action, Reason.COPY_CANCELLED, text)


def _delete(at: At, movement: Movement, why: str, reason: str | None = None) -> Ruling:
    action = DeleteMovement(index=at.index, weaviate_operation_id=movement.id)
    return propose(
        action, reason or at.reason, f"{at.label()}: delete movement {movement.id} from Weaviate's list: {why}"
    )


def _movement(at: At) -> Movement | None:
    """The movement that matters: one that goes on before one that has ended, ours before another's."""
    wanted = (at.step.collection, at.step.shard, at.target)
    found = [m for m in at.facts.database.movements if (m.collection, m.shard, m.target) == wanted]
    ours = at.step.weaviate_operation_id
    return min(found, key=lambda m: (not is_active(m.state), m.id != ours, m.id), default=None)


def _source(at: At) -> str | None:
    """The source of the journal while it is fit, otherwise the best of the other replicas; never the target."""
    collection, shard = at.step.collection or "", at.step.shard or ""
    planned = at.step.source
    found = find_shard(at.facts.database, collection, shard)
    member = find_member(at.facts.database, planned) if planned is not None else None
    if found and member and member.name in found.replicas and member.status in ALIVE:
        return planned
    best = best_source(at.facts, collection, shard)
    return best if best != at.target else None


def _status_before(at: At) -> str | None:
    """What the tenant was before it was touched: an attempt that has failed may have made it HOT."""
    if at.step.tenant_status == COLD:
        return COLD
    found = find_shard(at.facts.database, at.step.collection, at.step.shard)
    return None if found is None else found.tenant_status


def _lasted(at: At, movement: Movement) -> float:
    """For how long the movement has been in its state, in seconds."""
    return at.facts.now - movement.state_since if movement.state_since is not None else at.seconds


def _count(at: At, node: str) -> int | None:
    """None also for a shard that is not loaded: what it counts then says nothing."""
    found = shard_on(at.facts.database, node, at.step.collection or "", at.step.shard or "")
    return found.object_count if found is not None and found.loaded else None


def _name(at: At) -> str:
    return f"{at.step.collection}/{at.step.shard}"
