"""The proposal to grow: the operation with all its steps, nothing of which is done by proposing it."""

from collections import Counter

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin, copy_step
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import single_tenant, sources
from vectortier.decide.facts.proposed import proposed
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.size import Proposal, ShardCopy
from vectortier.decide.facts.volumes import left_over
from vectortier.decide.ruling import Ruling, propose
from vectortier.model.journal import OperationKind, Step, StepName


def scale_out(facts: Facts) -> Ruling:
    """Everything before this has let it through: grow."""
    size = proposed(facts)
    steps = steps_to(facts, size)
    action = begin(facts, OperationKind.SCALE_OUT, steps, nodes=size.nodes, copies=size.copies, message=_why(facts))
    return propose(action, Reason.SCALE_OUT_NEEDED, f"{what(size)}: {_why(facts)}")


def steps_to(facts: Facts, size: Proposal) -> tuple[Step, ...]:
    """The steps from what there is to a larger size."""
    stale = {volume.node for volume in left_over(facts)}
    steps = [Step(name=StepName.PURGE_VOLUME, target=name) for name in size.new_nodes if name in stale]
    if size.new_nodes:
        steps.append(Step(name=StepName.ADD_NODE, target=size.new_nodes[0], nodes=size.nodes))
    newcomers = _newcomers(facts, size)
    steps += [Step(name=StepName.AWAIT_NODE, target=target) for target in newcomers]
    steps += _copies(facts, size.moves)
    for collection in single_tenant(facts.database) if size.moves or size.idle else ():
        if collection.factor < size.copies:
            steps.append(Step(name=StepName.RAISE_FACTOR, collection=collection.name, factor=size.copies))
    for target in newcomers if size.moves else size.idle:
        steps += [Step(name=StepName.WARM, target=target), Step(name=StepName.SERVE, target=target)]
    return tuple(steps)


def _newcomers(facts: Facts, size: Proposal) -> tuple[str, ...]:
    """Targets that serve nobody yet. Nodes that already serve go on serving: to take them out costs capacity."""
    serving = {e.pod for e in facts.journal.serving}
    return tuple(t for t in size.targets if t not in serving)


def _copies(facts: Facts, moves: tuple[ShardCopy, ...]) -> list[Step]:
    """Several copies of one shard may be made at once, so its sources take turns: none is read twice before each of
    the others is read once."""
    made: Counter[tuple[str, str]] = Counter()
    steps = []
    for move in moves:
        alive = sources(facts, move.collection, move.shard)
        source = alive[made[move.collection, move.shard] % len(alive)] if alive else None
        made[move.collection, move.shard] += 1
        steps.append(copy_step(facts, move, source))
    return steps


def what(size: Proposal) -> str:
    """The steps in words."""
    parts = [f"add node {', '.join(size.new_nodes)}"] if size.new_nodes else []
    if size.idle:
        parts.append(f"warm {', '.join(size.idle)} and let it serve")
    if size.moves:
        shards = "1 shard" if len(size.moves) == 1 else f"{len(size.moves)} shards"
        parts.append(f"copy {shards} to {', '.join(dict.fromkeys(m.target for m in size.moves))}")
    return " and ".join(parts)


def _why(facts: Facts) -> str:
    if (missing := shortfall(facts)) is not None:
        return missing
    return facts.verdict.message if facts.wanted is None else facts.wanted.why
