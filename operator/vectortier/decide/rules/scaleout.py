"""The proposal to grow: the operation with all its steps, nothing of which is done by proposing it."""

from collections import Counter
from collections.abc import Iterable

from vectortier.api.reasons import Reason
from vectortier.decide.facts.judgement import judge
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import best_source, single_tenant
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.size import Proposal, ShardCopy, next_size
from vectortier.decide.identify import decision_id, operation_id
from vectortier.decide.ruling import Ruling, propose
from vectortier.model.journal import Operation, OperationKind, Step, StepName
from vectortier.model.plan import BeginOperation


def scale_out(facts: Facts) -> Ruling:
    """Everything before this has let it through: grow."""
    size = next_size(facts)
    operation = Operation(
        id=operation_id(facts.tier.uid, OperationKind.SCALE_OUT, facts.now),
        kind=OperationKind.SCALE_OUT,
        why=decision_id(facts.tier.uid, facts.now),
        epoch=0,
        generation=facts.tier.generation,
        started_at=facts.now,
        nodes=size.nodes,
        copies=size.copies,
        steps=_steps(facts, size),
        message=_why(facts),
    )
    return propose(BeginOperation(operation=operation), Reason.SCALE_OUT_NEEDED, f"{_what(size)}: {_why(facts)}")


def _steps(facts: Facts, size: Proposal) -> tuple[Step, ...]:
    """In rounds, one for each further copy of everything: whatever is complete serves, while others are copied."""
    steps = []
    if size.new_nodes:
        steps.append(Step(name=StepName.ADD_NODE, target=size.new_nodes[0], nodes=size.nodes))
    newcomers = _newcomers(facts, size)
    steps += [Step(name=StepName.AWAIT_NODE, target=target) for target in newcomers]
    last = {move.target: move.copy for move in size.moves}
    read: Counter[str] = Counter()
    for copy in sorted({move.copy for move in size.moves}):
        steps += [_copy(facts, move, read) for move in size.moves if move.copy == copy]
        steps += _raised(facts, copy)
        steps += _let_serve(target for target in newcomers if last.get(target) == copy)
    if not size.moves:
        steps += (*_raised(facts, size.copies), *_let_serve(size.idle)) if size.idle else ()
    return tuple(steps)


def _raised(facts: Facts, copies: int) -> list[Step]:
    found = [c for c in single_tenant(facts.database) if c.factor < copies]
    return [Step(name=StepName.RAISE_FACTOR, collection=c.name, factor=copies) for c in found]


def _let_serve(targets: Iterable[str]) -> list[Step]:
    return [Step(name=name, target=target) for target in targets for name in (StepName.WARM, StepName.SERVE)]


def _newcomers(facts: Facts, size: Proposal) -> tuple[str, ...]:
    """Targets that serve nobody yet. Nodes that already serve go on serving: to take them out costs capacity."""
    serving = {e.pod for e in facts.journal.serving}
    return tuple(t for t in size.targets if t not in serving)


def _copy(facts: Facts, move: ShardCopy, read: Counter[str]) -> Step:
    """Sources take turns, so that no node is read twice while another is not read at all."""
    source = best_source(facts, move.collection, move.shard, read)
    read.update([source] if source is not None else [])
    return Step(
        name=StepName.COPY,
        collection=move.collection,
        shard=move.shard,
        source=source,
        target=move.target,
        predicted=predict_copy(facts, source, move.collection, move.shard),
    )


def _what(size: Proposal) -> str:
    parts = [f"add {'node' if len(size.new_nodes) == 1 else 'nodes'} {', '.join(size.new_nodes)}"]
    parts = parts if size.new_nodes else []
    if size.idle:
        parts.append(f"warm {', '.join(size.idle)} and let it serve")
    if size.moves:
        shards = "1 shard" if len(size.moves) == 1 else f"{len(size.moves)} shards"
        parts.append(f"copy {shards} to {', '.join(dict.fromkeys(m.target for m in size.moves))}")
    return " and ".join(parts)


def _why(facts: Facts) -> str:
    if (missing := shortfall(facts)) is not None:
        return missing
    return judge(facts.spec, facts.load).message if facts.wanted is None else facts.wanted.why
