"""Which nodes hold copies that nobody has warmed?"""

from vectortier.model.journal import RESTARTS, Journal, Result, StepName, StepState


def left_cold(journal: Journal) -> set[str]:
    """Nodes whose last operation ended before they served. A restart makes none cold: the node has what it had, and
    serves once it is ready, as after a crash."""
    cold: dict[str, bool] = {}
    for operation in sorted(journal.history, key=lambda o: o.finished_at or 0.0):
        for step in operation.steps:
            done = step.state is StepState.DONE or operation.result is Result.SUCCEEDED
            if step.target and step.name is StepName.SERVE and (done or operation.kind not in RESTARTS):
                cold[step.target] = not done
    return {node for node, is_cold in cold.items() if is_cold}
