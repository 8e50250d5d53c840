"""Which nodes hold copies that nobody has warmed?"""

from vectortier.model.journal import RESTARTS, Journal, Result, StepName, StepState


def left_cold(journal: Journal) -> set[str]:
    """Nodes whose last operation ended before they served. One that was restarted is not among them: it has what it
    had, and serves once it is ready, as after a crash."""
    cold: dict[str, bool] = {}
    filling = (o for o in journal.history if o.kind not in RESTARTS)
    for operation in sorted(filling, key=lambda o: o.finished_at or 0.0):
        for step in operation.steps:
            if step.target and step.name is StepName.SERVE:
                cold[step.target] = operation.result is not Result.SUCCEEDED and step.state is not StepState.DONE
    return {node for node, is_cold in cold.items() if is_cold}
