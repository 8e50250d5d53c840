"""Does a node hold more than its share? Shards that live on fewer nodes than there are move to those that hold less.

Nobody waits for it, so it is begun only while nothing else is to be done, and each operation is a small one.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin, move_steps
from vectortier.decide.facts.evenness import UNEVEN, Evenness, evenness
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.moves import left_behind
from vectortier.decide.facts.placement import copies, find_collection
from vectortier.decide.facts.size import Proposal, ShardMove
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.decide.rules.budget import bytes_allowed
from vectortier.decide.rules.damping import after_failures
from vectortier.decide.rules.room import room_for
from vectortier.decide.rules.slo import right_size
from vectortier.decide.rules.versions import same_image
from vectortier.decide.ruling import Ruling, first_hold, hold, passes, propose
from vectortier.model.journal import OperationKind, Step, StepName
from vectortier.model.plan import Outcome


def spread(facts: Facts) -> Ruling | None:
    """Begin to even out what the nodes hold, while the tier is of the right size and can spare the work. What a former
    one has left half done comes first."""
    if not _is_quiet(facts):
        return None
    unfinished = finish_moves(facts)
    if unfinished is not None:
        return unfinished
    found = evenness(facts)
    if found is None or not found.moves or max(found.held.values()) <= UNEVEN * found.share:
        return None
    text = _uneven(found)
    against = _held_back(facts, found.moves)
    if against is not None:
        return passes(f"{text}; it stays so for now: {against.message}", against.reason)
    return _begin(facts, _steps(facts, found.moves), f"move {_shards(len(found.moves))}", text)


def _steps(facts: Facts, moves: tuple[ShardMove, ...]) -> tuple[Step, ...]:
    """One move after the other; then those serve that were warmed for it and have served nobody yet."""
    multi = {c.name for c in facts.database.collections if c.multi_tenant}
    serving = {e.pod for e in facts.journal.serving}
    steps = [s for move in moves for s in move_steps(facts, move, multi_tenant=move.collection in multi)]
    newcomers = dict.fromkeys(s.target for s in steps if s.name is StepName.WARM and s.target not in serving)
    return (*steps, *(Step(name=StepName.SERVE, target=name) for name in newcomers))


def _is_quiet(facts: Facts) -> bool:
    """Whether nothing else is wanted, no search is late, and what copying takes from the nodes can be spared."""
    ruling, size = right_size(facts), facts.sizing
    if ruling is None or ruling.outcome is not Outcome.HOLD or facts.verdict.met is False:
        return False
    if size is None or copies(facts.database) is None:
        return True
    return max(size.now, size.ahead) <= size.serving - facts.learned.capacity.interference


def finish_moves(facts: Facts) -> Ruling | None:
    """To drop what was copied elsewhere before."""
    drops = left_behind(facts)
    failed = after_failures(facts, OperationKind.SPREAD)
    if not drops or (failed is not None and failed.outcome is Outcome.HOLD):
        return None
    steps = tuple(s for drop in drops for s in _rest_of(facts, drop))
    return _begin(facts, steps, f"drop {_shards(len(drops))}", "they were copied elsewhere by a move that did not end")


def _rest_of(facts: Facts, drop: Step) -> tuple[Step, ...]:
    """The steps of a move that are left once the copy is made."""
    place = {"collection": drop.collection, "shard": drop.shard, "target": drop.target}
    collection = find_collection(facts.database, drop.collection)
    dropped = Step(name=StepName.DROP_COPY, **place)
    if collection is None or not collection.multi_tenant:
        return (dropped,)
    return (dropped, Step(name=StepName.RESTORE_TENANT, **place))


def _held_back(facts: Facts, moves: tuple[ShardMove, ...]) -> Ruling | None:
    """What keeps it from being begun now."""
    rules = (_after_failures, _settled, same_image)
    size = Proposal(facts.workload.desired_nodes, 0, (), moves)
    held = first_hold(rules, facts)
    asked = (held, room_for(facts, size), bytes_allowed(facts, moves))
    return next((r for r in asked if r is not None and r.outcome is Outcome.HOLD), None)


def _after_failures(facts: Facts) -> Ruling | None:
    return after_failures(facts, OperationKind.SPREAD)


def _settled(facts: Facts) -> Ruling | None:
    """Not soon after anything else was changed, so that what is counted and measured has come to rest."""
    kinds = (OperationKind.SCALE_OUT, OperationKind.SCALE_IN, OperationKind.SPREAD)
    ended = [o.finished_at for o in facts.journal.history if o.kind in kinds and o.finished_at is not None]
    if not ended:
        return None
    age, needed = facts.now - max(ended), quiet_seconds(facts)
    text = f"the last operation ended {age:.0f} s ago, {needed:.0f} s are needed"
    return passes(text) if age >= needed else hold(Reason.COOLING_DOWN, text)


def _begin(facts: Facts, steps: tuple[Step, ...], what: str, why: str) -> Ruling:
    nodes, have = facts.workload.desired_nodes, copies(facts.database) or 0
    action = begin(facts, OperationKind.SPREAD, steps, nodes=nodes, copies=have, message=why)
    return propose(action, Reason.SPREAD_NEEDED, f"{what}: {why}")


def _uneven(found: Evenness) -> str:
    fullest = max(found.held, key=lambda name: (found.held[name], name))
    share = found.held[fullest] / found.share
    return f"{fullest} holds {found.held[fullest]} {found.unit}, {share:.2f} times its share of {found.share:.0f}"


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
