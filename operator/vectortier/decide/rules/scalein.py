"""The proposal to shrink: the operation with all its steps, nothing of which is done by proposing it."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts, node_name
from vectortier.decide.facts.placement import copies
from vectortier.decide.identify import decision_id, operation_id
from vectortier.decide.ruling import Ruling, hold, propose
from vectortier.model.journal import Operation, OperationKind, Step, StepName
from vectortier.model.plan import BeginOperation


def scale_in(facts: Facts) -> Ruling:
    """Everything before this has let it through: the nodes with the highest ordinals go, and a copy with each."""
    desired, have = facts.workload.desired_nodes, copies(facts.database) or 0
    if facts.wanted is None:
        raise AssertionError("only a tier that should be smaller gets here")
    fewer = min(have - facts.wanted.copies, desired - facts.spec.nodes.min)
    nodes = desired - fewer
    if fewer <= 0 or not _are_whole(facts, nodes):
        return hold(Reason.SCALE_IN_POSSIBLE, f"{facts.wanted.why}; the last nodes hold copies that others lack")
    operation = Operation(
        id=operation_id(facts.tier.uid, OperationKind.SCALE_IN, facts.now),
        kind=OperationKind.SCALE_IN,
        why=decision_id(facts.tier.uid, facts.now),
        epoch=0,
        generation=facts.tier.generation,
        started_at=facts.now,
        nodes=nodes,
        copies=have - fewer,
        steps=tuple(
            Step(name=StepName.REMOVE_NODE, target=node_name(facts.tier.name, ordinal), nodes=ordinal)
            for ordinal in range(desired - 1, nodes - 1, -1)
        ),
        message=facts.wanted.why,
    )
    gone = ", ".join(step.target or "" for step in operation.steps)
    return propose(BeginOperation(operation=operation), Reason.SCALE_IN_POSSIBLE, f"remove {gone}: {facts.wanted.why}")


def _are_whole(facts: Facts, nodes: int) -> bool:
    """Whether every shard, of multi-tenant collections too, keeps a copy and copies.min on the nodes that stay."""
    staying = {node_name(facts.tier.name, ordinal) for ordinal in range(nodes)}
    shards = [shard for collection in facts.database.collections for shard in collection.shards]
    return all(len(staying & set(shard.replicas)) >= facts.spec.copies.min for shard in shards)
