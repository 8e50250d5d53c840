"""Are all nodes there? A movement waits for every member of raft's configuration, so one dead member stalls it
for ever, and it can no longer be cancelled by then. A busy node is not a dead one: unready, UNHEALTHY or TIMEOUT may
go on, as long as it is a member."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.homeless import why_homeless
from vectortier.decide.facts.look import Facts, is_running, node_name
from vectortier.decide.facts.placement import ALIVE
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.journal import StepName, StepState
from vectortier.model.plan import Outcome
from vectortier.model.weaviate import Member
from vectortier.model.workload import Pod

STARTING_SECONDS = 60.0


def members_alive(facts: Facts) -> Ruling | None:
    """Every node that should be there runs, is a member, and is in raft's configuration; but for those that the running
    operation waits for, until they are in that configuration."""
    return _all_there(facts, _awaited(facts) - {r.id for r in facts.database.raft})


def others_well(facts: Facts, excepted: set[str]) -> Ruling | None:
    """What stands in the way of restarting one of these: each of the others has to be there, and to be able to do
    without it, ready and healthy. To be alive is not enough: a node whose container has just restarted is alive and
    answers nobody. None: nothing does."""
    ruling = _all_there(facts, excepted)
    if ruling.outcome is Outcome.HOLD:
        return ruling
    healthy = {m.name for m in facts.database.members if m.status == "HEALTHY"}
    unwell = sorted(p.name for p in facts.workload.pods if not (p.ready and p.name in healthy))
    others = [name for name in unwell if name not in excepted]
    return hold(Reason.NODE_NOT_READY, f"{others[0]} is not ready, or not healthy") if others else None


def _all_there(facts: Facts, excepted: set[str]) -> Ruling:
    raft = {r.id for r in facts.database.raft}
    names = [node_name(facts.tier.name, ordinal) for ordinal in range(facts.workload.desired_nodes)]
    there = [name for name in names if name not in excepted]
    pods, members = {p.name: p for p in facts.workload.pods}, {m.name: m for m in facts.database.members}
    for name in there:
        pod = pods.get(name)
        trouble = _pod_trouble(facts, pod, name) or _member_trouble(facts, pod, members.get(name), name)
        if trouble is not None:
            return trouble
        if name not in raft:
            return hold(Reason.RAFT_MEMBER_MISSING, f"{name} is not in raft's configuration")
    gone = sorted(raft - members.keys() - excepted)
    if gone:
        message = f"raft's configuration names {', '.join(gone)}, gone from the cluster: a movement would wait for ever"
        return hold(Reason.NODE_DEAD, message)
    rest = "" if len(there) == len(names) else ", the others are waited for"
    return passes(f"{len(there)} of {len(names)} nodes are there{rest}")


def _awaited(facts: Facts) -> set[str]:
    """Nodes that the running operation has added and waits for. As long as they are not in raft's configuration, no
    movement waits for them."""
    steps = facts.journal.operation.steps if facts.journal.operation is not None else ()
    return {s.target or "" for s in steps if s.name is StepName.AWAIT_NODE and s.state is not StepState.DONE}


def _pod_trouble(facts: Facts, pod: Pod | None, name: str) -> Ruling | None:
    if pod is None:
        return hold(Reason.NODE_DEAD, f"the pod {name} does not exist")
    homeless = why_homeless(pod, facts.workload.unbound_volumes)
    if homeless is not None:
        return hold(*homeless)
    if is_running(pod):
        return None
    if not facts.journal.serving and not pod.terminating and not pod.waiting_reason:
        return hold(Reason.WEAVIATE_STARTING, f"{name} is starting", 5.0)
    state = "is terminating" if pod.terminating else f"does not run: {pod.waiting_reason or pod.phase}"
    return hold(Reason.NODE_DEAD, f"{name} {state}")


def _member_trouble(facts: Facts, pod: Pod | None, member: Member | None, name: str) -> Ruling | None:
    if member is not None and member.status in ALIVE:
        return None
    since = pod.started_at if pod is not None and pod.started_at is not None else facts.now
    if facts.now - since < STARTING_SECONDS:
        return hold(Reason.WEAVIATE_STARTING, f"{name} started {facts.now - since:.0f} s ago and has yet to join", 5.0)
    state = f"is {member.status}" if member is not None else "is not a member of the cluster"
    return hold(Reason.NODE_NOT_READY, f"{name} {state}")
