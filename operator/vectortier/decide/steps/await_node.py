"""AwaitNode: the target runs, is ready, is a member and is in raft's configuration."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.homeless import why_homeless
from vectortier.decide.facts.look import is_running
from vectortier.decide.facts.placement import ALIVE, find_member
from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At, complete, fail, journal, wait
from vectortier.model.journal import RESTARTS
from vectortier.model.workload import Pod

PLACE_SECONDS = 600.0
"""How long a pod may go without a place. Nothing has been moved by then, so giving up costs nothing."""
JOIN_SECONDS = 1800.0
"""How long a pod that has its place may take to pull its image, start and join."""


def await_node(at: At) -> Ruling:
    """Waits with the reason, and gives up after a generous time. The node that was added stays: a later operation
    finds it and copies to it, and taking nodes away is another operation's business."""
    pod = at.facts.pod(at.target)
    member = find_member(at.facts.database, at.target)
    in_raft = any(r.id == at.target for r in at.facts.database.raft)
    # Ready says that it is healthy as well, and a busy neighbour makes that flap: once is enough.
    if pod and is_running(pod) and pod.ready and member and member.status in ALIVE and in_raft:
        return complete(at, f"{at.target} is ready, a member and in raft's configuration")
    if not at.journalled:
        return journal(at)
    reason, what = _lacks(at, pod, member is not None, in_raft)
    placed = pod is not None and pod.scheduled and reason != Reason.STORAGE_UNAVAILABLE
    limit = JOIN_SECONDS if placed else PLACE_SECONDS
    if at.seconds > limit:
        return fail(at, reason, f"{what}, for {at.seconds:.0f} s; {_what_now(at)}")
    return wait(at, f"{what}, for {at.seconds:.0f} s of at most {limit:.0f} s", reason)


def _lacks(at: At, pod: Pod | None, is_member: bool, in_raft: bool) -> tuple[Reason, str]:
    if pod is None:
        return Reason.NODE_NOT_READY, f"the pod {at.target} does not exist"
    homeless = why_homeless(pod, at.facts.workload.unbound_volumes)
    if homeless is not None:
        reason, what = homeless
        receives = reason is Reason.UNSCHEDULABLE and at.operation.kind not in RESTARTS
        return Reason.TARGET_UNSCHEDULABLE if receives else reason, what
    if not is_running(pod):
        return Reason.NODE_NOT_READY, f"{at.target} does not run yet: {pod.waiting_reason or pod.phase}"
    if is_member and not in_raft:
        return Reason.RAFT_MEMBER_MISSING, f"{at.target} is not in raft's configuration yet"
    return at.reason, f"{at.target} {'is not ready' if is_member else 'has not joined'} yet"


def _what_now(at: At) -> str:
    if at.operation.kind in RESTARTS:
        return "the other nodes are left as they are; correct the spec, and this one is restarted with it first"
    kept = "the node stays and is used once it comes up; lower the StatefulSet's replicas by hand to give it up"
    return f"nothing was moved, {kept}"
