"""Does a node run but stand apart from the cluster? Weaviate does not mend that by itself; a restart does.

A node that was cut off for twenty seconds stayed away for good (Weaviate 1.39.3, one voter), running and unready.
One pod is restarted at a time, nodes without a vote first, the highest ordinal first, and never sooner than
`PACE_SECONDS` after the start of the youngest one, so that each restart can show its effect.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts, Look, is_running
from vectortier.decide.facts.placement import ALIVE, is_active
from vectortier.decide.ruling import IDLE_SECONDS, Ruling, hold, propose
from vectortier.model.plan import RestartNode
from vectortier.model.value import Unknown
from vectortier.model.workload import Pod

APART_SECONDS = 60.0
"""How long a node runs unready and apart before it counts as cut off: a busy one is late, not lost."""
APART_WITH_DATA_SECONDS = 120.0
"""The same for a node that holds shards: it may be starved for longer, and its restart costs more."""
PACE_SECONDS = 120.0
SETTLED_SECONDS = 10.0
"""A pod that was made this long ago was made from what the StatefulSet says it was, not from what it says next."""
COLD_START_SECONDS = 120.0
"""How long a tier that never served may take for its first node to get ready."""
RELOAD_SECONDS = 1800.0
"""The same for a tier that has data to load: restarting a node that loads would only make it begin again."""


def cut_off_node(facts: Facts) -> Ruling | None:
    """Restart a node that is not in the cluster that Weaviate reports."""
    if len(facts.workload.pods) < 2:
        return None  # a single node has nobody to be cut off from
    holders = {name for c in facts.database.collections for s in c.shards for name in s.replicas}
    patience = {p.name: APART_WITH_DATA_SECONDS if p.name in holders else APART_SECONDS for p in facts.workload.pods}
    lost = [p for p in _apart(facts) if _unready_for(p, facts.now) >= patience[p.name]]
    if not lost:
        return None
    voters = {r.id for r in facts.database.raft if r.voter}
    pod = min(lost, key=lambda p: (p.name in voters, -p.ordinal))
    text = f"{pod.name} runs but is apart from the cluster ({len(lost)} of {len(facts.workload.pods)} nodes are)"
    leaving = next((m for m in facts.database.movements if _leaves(m.kind, m.state) and m.source == pod.name), None)
    if leaving is not None:
        return hold(Reason.NODE_CUT_OFF, f"{text}; not restarted while movement {leaving.id} takes a shard off it")
    return _restart(pod, facts.workload.pods, facts.now, PACE_SECONDS, text)


def down_and_outdated(look: Look) -> Ruling | None:
    """Make a node anew that does not run, and whose spec has changed since it was made: under the old one it may never
    run. Nothing can get worse by it, whatever else is under way, known or not."""
    workload = look.observed.workload
    if isinstance(workload, Unknown):
        return None
    down = (p for p in workload.pods if p.outdated and p.started_at is None and not p.terminating)
    waiting = [p for p in down if p.ready_since is not None and look.now - p.ready_since >= SETTLED_SECONDS]
    if not waiting:
        return None
    pod = min(waiting, key=lambda p: p.ordinal)
    state = pod.waiting_reason or pod.scheduling_message or pod.phase
    text = f"{pod.name} does not run ({state}), and the spec has changed since it was made"
    return propose(RestartNode(pod=pod.name, uid=pod.uid), Reason.RESTARTING_NODES, f"restart {pod.name}: {text}")


def nobody_came_up(look: Look) -> Ruling | None:
    """Restart a node when all run, none gets ready and nobody answers: they may have missed one another."""
    workload, journal = look.observed.workload, look.observed.journal
    if not isinstance(look.observed.database, Unknown) or isinstance(workload, Unknown) or isinstance(journal, Unknown):
        return None
    pods = workload.pods
    if len(pods) < 2 or len(pods) < workload.desired_nodes or any(p.ready or not is_running(p) for p in pods):
        return None
    limit = RELOAD_SECONDS if journal.serving else COLD_START_SECONDS
    if any(_running_for(p, look.now) < limit for p in pods):
        return None
    pod = min(pods, key=lambda p: (p.ordinal < look.spec.weaviate.raft_voters, -p.ordinal))
    return _restart(pod, pods, look.now, limit, f"no node has become ready within {limit:.0f} s")


def _apart(facts: Facts) -> list[Pod]:
    """The running nodes that are not where the voters are.

    The view may have been read on the wrong side: when it lacks the majority of voters, the nodes *in* it are apart.
    """
    known = {m.name for m in facts.database.members} & {r.id for r in facts.database.raft}
    voters = {r.id for r in facts.database.raft if r.voter}
    running = [p for p in facts.workload.pods if is_running(p)]
    alive = {m.name for m in facts.database.members if m.status in ALIVE}
    if voters and 2 * len(voters & alive) > len(voters):
        return [p for p in running if p.name not in known]
    here = [p for p in running if p.name in alive and p.name not in voters]
    return here or running


def _leaves(kind: str, state: str) -> bool:
    # A source that restarts while a MOVE drains it loses the writes of that moment; a COPY keeps its source.
    return kind == "MOVE" and is_active(state)


def _running_for(pod: Pod, now: float) -> float:
    return now - pod.started_at if pod.started_at is not None else 0.0


def _unready_for(pod: Pod, now: float) -> float:
    """For how long the running container has not been ready; 0 when it is."""
    if pod.ready:
        return 0.0
    return min(now - pod.ready_since if pod.ready_since is not None else now, _running_for(pod, now))


def _restart(pod: Pod, pods: tuple[Pod, ...], now: float, pace: float, text: str) -> Ruling:
    youngest = min((_running_for(p, now) for p in pods if is_running(p)), default=0.0)
    if any(p.terminating for p in pods) or youngest < pace:
        return hold(
            Reason.NODE_CUT_OFF, f"{text}; another node started {youngest:.0f} s ago, at least {pace:.0f} s apart"
        )
    action = RestartNode(pod=pod.name, uid=pod.uid)
    return propose(action, Reason.NODE_CUT_OFF, f"restart {pod.name}: {text}", IDLE_SECONDS)
