"""The tier as it will be once the scale-out that is under way is done: of that it is asked whether it is enough."""

from dataclasses import replace

from vectortier.decide.facts.look import Facts
from vectortier.model.journal import Operation, StepName, StepState
from vectortier.model.weaviate import Collection, Database, Shard


def as_it_will_be(facts: Facts, operation: Operation) -> Facts:
    """The facts with all nodes and copies of the operation there, and with those serving that it lets serve."""
    to_serve = sum(s.name is StepName.SERVE and s.state is not StepState.DONE for s in operation.steps)
    desired = max(facts.workload.desired_nodes, operation.nodes)
    return replace(
        facts,
        workload=facts.workload.model_copy(update={"desired_nodes": desired}),
        database=_with_copies(facts.database, operation),
        sizing=None if facts.sizing is None else replace(facts.sizing, serving=facts.sizing.serving + to_serve),
    )


def _with_copies(database: Database, operation: Operation) -> Database:
    coming: dict[tuple[str | None, str | None], tuple[str, ...]] = {}
    for step in operation.steps:
        if step.name is StepName.COPY and step.target is not None:
            shard = (step.collection, step.shard)
            coming[shard] = (*coming.get(shard, ()), step.target)

    def grown(collection: Collection, shard: Shard) -> Shard:
        replicas = dict.fromkeys((*shard.replicas, *coming.get((collection.name, shard.name), ())))
        return shard.model_copy(update={"replicas": tuple(replicas)})

    collections = (c.model_copy(update={"shards": tuple(grown(c, s) for s in c.shards)}) for c in database.collections)
    return database.model_copy(update={"collections": tuple(collections)})
