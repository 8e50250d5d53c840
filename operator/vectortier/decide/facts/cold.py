"""Which nodes hold copies that nobody has warmed?"""

from vectortier.model.journal import Journal, Operation, Result, StepName


def left_cold(journal: Journal) -> set[str]:
    """Nodes whose last operation failed before they were warm."""
    last: dict[str, Operation] = {}
    for operation in sorted(journal.history, key=lambda o: o.finished_at or 0.0):
        last.update({s.target: operation for s in operation.steps if s.target and s.name is StepName.SERVE})
    return {node for node, operation in last.items() if operation.result is Result.FAILED}
