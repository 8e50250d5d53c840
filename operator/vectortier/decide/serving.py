"""Whom the gateway sends requests to.

Entering is strict, staying is lenient. To enter, a node is ready, healthy, holds a shard and is warm. To stay, its
container runs on; a node that is merely slow to gossip or to answer stays, because to eject a busy node overloads the
rest. Missing knowledge never empties the set.
"""

from vectortier.decide.facts.cold import left_cold
from vectortier.decide.facts.lanes import may_run
from vectortier.decide.facts.look import is_running
from vectortier.decide.facts.placement import ALIVE
from vectortier.model.journal import RESTARTS, Journal, Operation, ServingEndpoint, StepName, StepState
from vectortier.model.observation import Observation
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database, Member
from vectortier.model.workload import Pod

GONE_SECONDS = 15.0
"""How long a node is unready and missing, or failing, before it is taken out. Its connections fail over till then."""

Container = tuple[str, str, float]
"""The pod's name, its address, and when the container started."""


def serving_set(observed: Observation, now: float) -> tuple[ServingEndpoint, ...] | None:
    """The set by ordinal; None: leave it as it is."""
    workload, journal = observed.workload, observed.journal
    if isinstance(workload, Unknown) or isinstance(journal, Unknown):
        return None
    pods = sorted((p for p in workload.pods if is_running(p) and p.ip), key=lambda p: p.ordinal)
    staying = [p for p in pods if p.name not in _leaving(journal.operation)]
    chosen = _chosen(staying, pods, observed.database, journal, now)
    found = tuple(_container(p) for p in chosen)
    if not found or found == _serving(journal):
        return None
    return tuple(ServingEndpoint(pod=pod, ip=ip, started_at=started_at) for pod, ip, started_at in found)


def _chosen(
    staying: list[Pod], pods: list[Pod], database: Database | Unknown, journal: Journal, now: float
) -> list[Pod]:
    """Of those that stay, or of all where none of these will do. A node that is about to be restarted has everything,
    and is better than one that was lost meanwhile and runs again, but is not fit; one that is emptied is not."""
    has_all = journal.operation is not None and journal.operation.kind in RESTARTS
    for fallback in (False, True):
        found = _of(staying, database, journal, now, fallback=fallback)
        if not found and (has_all or fallback):
            found = _of(pods, database, journal, now, fallback=fallback)
        if found:
            return found
    return []


def _of(pods: list[Pod], database: Database | Unknown, journal: Journal, now: float, *, fallback: bool) -> list[Pod]:
    """Those that are fit; as a fallback, who served before and still runs, or anybody who is up."""
    if isinstance(database, Unknown):
        inside = _inside(pods, journal)
        return _at_new_addresses(pods, journal) if fallback else [p for p in pods if p.name in inside]
    fit, holding = _fit(pods, database, journal, now)
    return (_at_new_addresses(pods, journal) or fit) if fallback else holding


def _fit(pods: list[Pod], database: Database, journal: Journal, now: float) -> tuple[list[Pod], list[Pod]]:
    """Who could answer; and of these the warm holders of shards, or all holders where none is warm."""
    inside, their_turn = _inside(pods, journal), _their_turn(journal.operation)
    members = {m.name: m for m in database.members}
    fit = [
        p
        for p in pods
        if (p.name in inside and _may_stay(p, members.get(p.name), now))
        or _may_enter(p, members.get(p.name), p.name in their_turn)
    ]
    holders = {node for c in database.collections for s in c.shards for node in s.replicas}
    holding = [p for p in fit if not holders or p.name in holders]
    newcomers = {p.name for p in holding} - inside
    kept_out = (_not_yet(journal.operation) | left_cold(journal)) - their_turn if newcomers else set()
    warm = [p for p in holding if p.name not in newcomers & kept_out]
    return fit, warm or holding


def _at_new_addresses(pods: list[Pod], journal: Journal) -> list[Pod]:
    known = {e.pod for e in journal.serving}
    return [p for p in pods if p.name in known]


def _may_stay(pod: Pod, member: Member | None, now: float) -> bool:
    if pod.ready or (member is not None and member.status in ALIVE):
        return True
    return pod.ready_since is not None and now - pod.ready_since < GONE_SECONDS


def _may_enter(pod: Pod, member: Member | None, is_its_turn: bool) -> bool:
    if member is None or member.status not in ALIVE:
        return False
    # A node that was just warmed has shown that it answers; beside overloaded ones it may gossip late itself.
    return (pod.ready and member.status == "HEALTHY") or is_its_turn


def _inside(pods: list[Pod], journal: Journal) -> set[str]:
    """Who serves now, by name: the same container at the same address."""
    serving = set(_serving(journal))
    return {p.name for p in pods if _container(p) in serving}


def _serving(journal: Journal) -> tuple[Container, ...]:
    return tuple((e.pod, e.ip, e.started_at) for e in journal.serving)


def _container(pod: Pod) -> Container:
    return (pod.name, pod.ip or "", pod.started_at or 0.0)


def _not_yet(operation: Operation | None) -> set[str]:
    """Targets of the running operation that are not to serve before their turn; but for those that it has yet to
    restart, which serve as they always did."""
    steps = operation.steps if operation is not None else ()
    coming = {s.target or "" for s in steps if s.name is StepName.SERVE and s.state is not StepState.DONE}
    return coming - {s.target or "" for s in steps if s.name is StepName.RESTART_NODE and s.state is StepState.PENDING}


def _their_turn(operation: Operation | None) -> set[str]:
    """The nodes that the running operation is about to let serve."""
    if operation is None:
        return set()
    steps = (operation.steps[i] for i in may_run(operation, 0))
    return {step.target or "" for step in steps if step.name is StepName.SERVE}


def _leaving(operation: Operation | None) -> set[str]:
    """Nodes that the running operation has begun to take away or to restart: they are sent nothing more, then they go.
    One that was restarted is back when it is its turn to serve."""
    steps = operation.steps if operation is not None else ()
    going = (StepName.DRAIN, StepName.REMOVE_NODE, StepName.RESTART_NODE)
    gone = {s.target or "" for s in steps if s.name in going and s.state is not StepState.PENDING}
    back = {s.target or "" for s in steps if s.name is StepName.SERVE and s.state is StepState.DONE}
    return gone - back - _their_turn(operation)
