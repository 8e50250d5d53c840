"""Volumes that are not as large as the spec says: whether they grow, or stay as they are."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.volumes import growing, new_ones_too_small, too_small
from vectortier.model.journal import Operation, OperationKind, Result
from vectortier.report.state import State


def growing_volumes(state: State) -> tuple[str, str] | None:
    """Those that were asked for larger than they are. Where the storage driver is with it is told in Kubernetes' words:
    a file system that is resized only when the pod starts anew, for one."""
    found = () if state.workload is None else growing(state.observed.tier.name, state.workload)
    if not found:
        return None
    parts = (
        f"{v.name} has {v.capacity_bytes} of {v.requested_bytes} bytes{f' ({v.progress})' if v.progress else ''}"
        for v in found
    )
    return Reason.RESIZING_VOLUMES, "; ".join(parts)


def volumes_that_stay_small(state: State) -> tuple[str, str] | None:
    """The last attempt to expand them failed, and they, or those of nodes to come, are still too small."""
    last = _last_attempt(state)
    if last is None or last.result is not Result.FAILED or state.workload is None or state.operation is not None:
        return None
    small = too_small(state.spec, state.observed.tier.name, state.workload)
    if not small and not new_ones_too_small(state.spec, state.workload):
        return None
    refused = any(step.refusal is not None for step in last.steps)
    return Reason.VOLUME_NOT_EXPANDABLE if refused else Reason.OPERATION_FAILED, f"{last.id}: {last.message}"


def _last_attempt(state: State) -> Operation | None:
    history = state.journal.history if state.journal is not None else ()
    past = (o for o in history if o.kind is OperationKind.RESIZE_VOLUMES and o.finished_at is not None)
    return max(past, key=lambda o: o.finished_at or 0.0, default=None)
