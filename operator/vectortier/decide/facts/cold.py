"""Which nodes hold copies that nobody has warmed?"""

from vectortier.model.journal import Journal, Result, StepName, StepState


def left_cold(journal: Journal) -> set[str]:
    """Nodes whose last operation ended before they served."""
    cold: dict[str, bool] = {}
    for operation in sorted(journal.history, key=lambda o: o.finished_at or 0.0):
        for step in operation.steps:
            if step.target and step.name is StepName.SERVE:
                cold[step.target] = operation.result is not Result.SUCCEEDED and step.state is not StepState.DONE
    return {node for node, is_cold in cold.items() if is_cold}
