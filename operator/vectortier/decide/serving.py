"""Whom the gateway sends requests to.

Entering is strict, staying is lenient. To enter, a node is ready, healthy, holds a shard and is warm. To stay, its
container runs on; a node that is merely slow to gossip or to answer stays, because to eject a busy node overloads the
rest. Missing knowledge never empties the set.
"""

from vectortier.decide.facts.cold import left_cold
from vectortier.decide.facts.lanes import may_run
from vectortier.decide.facts.look import is_running
from vectortier.decide.facts.placement import ALIVE, find_member
from vectortier.model.journal import Journal, Operation, ServingEndpoint, StepName, StepState
from vectortier.model.observation import Observation
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.model.workload import Pod

GONE_SECONDS = 15.0
"""How long a node is unready and missing, or failing, before it is taken out. Its connections fail over till then."""


def serving_set(observed: Observation, now: float) -> tuple[ServingEndpoint, ...] | None:
    """The set by ordinal; None: leave it as it is."""
    workload, journal = observed.workload, observed.journal
    if isinstance(workload, Unknown) or isinstance(journal, Unknown):
        return None
    pods = sorted((p for p in workload.pods if is_running(p) and p.ip), key=lambda p: p.ordinal)
    staying = [p for p in pods if p.name not in _leaving(journal.operation)]
    chosen = _of(staying, observed.database, journal, now) or _of(pods, observed.database, journal, now)
    found = tuple(_endpoint(p) for p in chosen)
    return None if not found or found == journal.serving else found


def _of(pods: list[Pod], database: Database | Unknown, journal: Journal, now: float) -> list[Pod]:
    if isinstance(database, Unknown):
        return [p for p in pods if _is_in(p, journal)] or _at_new_addresses(pods, journal)
    return _chosen(pods, database, journal, now)


def _chosen(pods: list[Pod], database: Database, journal: Journal, now: float) -> list[Pod]:
    """The first of these that is not empty: warm holders of shards, holders of shards, who served before and still
    runs, anybody who is up."""
    fit = [p for p in pods if _may_stay(p, database, journal, now) or _may_enter(p, database, journal.operation)]
    holders = {node for c in database.collections for s in c.shards for node in s.replicas}
    kept_out = (_not_yet(journal.operation) | left_cold(journal)) - _their_turn(journal.operation)
    holding = [p for p in fit if not holders or p.name in holders]
    warm = [p for p in holding if _is_in(p, journal) or p.name not in kept_out]
    return warm or holding or _at_new_addresses(pods, journal) or fit


def _at_new_addresses(pods: list[Pod], journal: Journal) -> list[Pod]:
    known = {e.pod for e in journal.serving}
    return [p for p in pods if p.name in known]


def _may_stay(pod: Pod, database: Database, journal: Journal, now: float) -> bool:
    if not _is_in(pod, journal):
        return False
    member = find_member(database, pod.name)
    if pod.ready or (member is not None and member.status in ALIVE):
        return True
    return pod.ready_since is not None and now - pod.ready_since < GONE_SECONDS


def _may_enter(pod: Pod, database: Database, operation: Operation | None) -> bool:
    member = find_member(database, pod.name)
    if member is None or member.status not in ALIVE:
        return False
    # A node that was just warmed has shown that it answers; beside overloaded ones it may gossip late itself.
    return (pod.ready and member.status == "HEALTHY") or pod.name in _their_turn(operation)


def _is_in(pod: Pod, journal: Journal) -> bool:
    return any(e.pod == pod.name and e.ip == pod.ip and e.started_at == pod.started_at for e in journal.serving)


def _not_yet(operation: Operation | None) -> set[str]:
    """Targets of the running operation that are not to serve before their turn."""
    if operation is None:
        return set()
    return {
        step.target or ""
        for step in operation.steps
        if step.name is StepName.SERVE and step.state is not StepState.DONE
    }


def _their_turn(operation: Operation | None) -> set[str]:
    """The nodes that the running operation is about to let serve."""
    if operation is None:
        return set()
    steps = (operation.steps[i] for i in may_run(operation, 0))
    return {step.target or "" for step in steps if step.name is StepName.SERVE}


def _leaving(operation: Operation | None) -> set[str]:
    """Nodes that the running operation has begun to take away: they are sent nothing more, then they go."""
    steps = operation.steps if operation is not None else ()
    return {s.target or "" for s in steps if s.name is StepName.REMOVE_NODE and s.state is not StepState.PENDING}


def _endpoint(pod: Pod) -> ServingEndpoint:
    return ServingEndpoint(pod=pod.name, ip=pod.ip or "", started_at=pod.started_at or 0.0)
