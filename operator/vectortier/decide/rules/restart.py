"""Nodes that started before the last change of the spec are restarted, one after the other, so that it arrives.

A StatefulSet with the update strategy OnDelete restarts nothing by itself. Here each node is taken out of the serving
set before it ends and serves again before the next one is touched, under the lock that scaling needs as well: no two
members are ever down at the same time by anybody's choice.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin
from vectortier.decide.facts.look import Facts, is_running
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.facts.sizing import quiet_seconds
from vectortier.decide.facts.wanted import is_too_large
from vectortier.decide.rules.bounds import fits_journal, something_to_copy, within_bounds
from vectortier.decide.rules.cause import nodes_cure_it
from vectortier.decide.rules.damping import after_failures
from vectortier.decide.rules.effect import last_one_helped
from vectortier.decide.rules.foreign import backup_running, foreign_movement
from vectortier.decide.rules.members import others_well
from vectortier.decide.rules.room import room_in_memory, room_on_disk
from vectortier.decide.ruling import Ruling, first_hold, propose
from vectortier.model.journal import OperationKind, Result, Step, StepName
from vectortier.model.plan import Outcome
from vectortier.model.value import Unknown
from vectortier.model.workload import Pod

_AFTER = (StepName.RESTART_NODE, StepName.AWAIT_NODE, StepName.WARM, StepName.SERVE)
GROWTH = (something_to_copy, within_bounds, fits_journal, nodes_cure_it, last_one_helped, room_in_memory, room_on_disk)
"""What growing is asked. Where it cannot be it puts no restart off: more memory may be what is lacking."""


def restart_outdated(facts: Facts) -> Ruling | None:
    """Begin to restart them. A tier that needs to grow, and can, grows first, as long as a new node would run the same
    image as the others: otherwise nothing can be moved before all run the same."""
    pods = [p for p in facts.workload.pods if p.outdated]
    if not pods:
        return None
    kind = OperationKind.UPGRADE if any(_is_old(facts, p) for p in facts.workload.pods) else OperationKind.RESTART
    if _is_put_off(facts, kind):
        return None
    ordered = sorted(pods, key=lambda pod: _rank(facts, pod))
    obstacle = stands_in_the_way(facts, ordered[0].name)
    if obstacle is not None:
        return obstacle
    why = _why(facts, kind, pods)
    steps = tuple(step for pod in ordered for step in _steps(facts, pod))
    nodes, have = facts.workload.desired_nodes, copies(facts.database) or 0
    action = begin(facts, kind, steps, nodes=nodes, copies=have, message=why)
    return propose(action, Reason.RESTARTING_NODES, f"restart {', '.join(pod.name for pod in ordered)}: {why}")


def stands_in_the_way(facts: Facts, node: str) -> Ruling | None:
    """What has to end before a node may be restarted: another one that is not well, a movement, a backup. While this
    one is not well itself, others that are not, and have yet to get the same change, do not matter: each has to begin
    somewhere."""
    unwell = {p.name for p in facts.workload.pods if p.outdated and not _is_well(p)}
    excepted = unwell if node in unwell else {node}
    return first_hold((foreign_movement, backup_running), facts) or others_well(facts, excepted)


def _is_put_off(facts: Facts, kind: OperationKind) -> bool:
    """Whether the last one has failed, or was given up, too lately, or something else comes first."""
    failed = after_failures(facts, kind)
    if failed is not None and failed.outcome is Outcome.HOLD:
        return True
    given_up = [o for o in facts.journal.history if o.kind is kind and o.result is Result.REVERSED]
    if given_up and facts.now - (given_up[-1].finished_at or 0.0) < quiet_seconds(facts):
        return True
    blind = isinstance(facts.windows, Unknown) and facts.windows.reason != Reason.NO_TRAFFIC
    return kind is OperationKind.RESTART and (blind or _grows(facts))


def _grows(facts: Facts) -> bool:
    wanted = facts.wanted is not None and not is_too_large(facts)
    needed = facts.verdict.missed_now or wanted or shortfall(facts) is not None
    return needed and first_hold(GROWTH, facts) is None


def _steps(facts: Facts, pod: Pod) -> tuple[Step, ...]:
    """It is not seen how the others do without a node that does not serve, is the only one that does, or is restarted
    although the promise is missed: what that would show is known."""
    others = {e.pod for e in facts.journal.serving} - {pod.name}
    blindly = not _is_well(pod) or not others or facts.verdict.missed_now
    names = _AFTER if blindly else (StepName.DRAIN, *_AFTER)
    return tuple(Step(name=name, target=pod.name) for name in names)


def _is_well(pod: Pod) -> bool:
    return is_running(pod) and pod.ready


def _rank(facts: Facts, pod: Pod) -> tuple[bool, bool, bool, int]:
    """Those that are not well first, since they can only get better; then who has no vote, the youngest first; the
    leader last, so that it changes once."""
    voters = {r.id for r in facts.database.raft if r.voter}
    return _is_well(pod), pod.name == facts.database.leader, pod.name in voters, -pod.ordinal


def _is_old(facts: Facts, pod: Pod) -> bool:
    return bool(pod.image) and pod.image != facts.workload.image


def _why(facts: Facts, kind: OperationKind, pods: list[Pod]) -> str:
    count = "1 node" if len(pods) == 1 else f"{len(pods)} nodes"
    changed = f"the image is {facts.workload.image} now" if kind is OperationKind.UPGRADE else "the spec has changed"
    single = _only_copies(facts, {p.name for p in pods})
    fails = f"; searches in {', '.join(single)} fail while the node that has its only copy restarts" if single else ""
    return f"{changed} since {count} started{fails}"


def _only_copies(facts: Facts, names: set[str]) -> list[str]:
    """Collections with a shard that only one node holds, which is one of these."""
    return sorted(
        c.name
        for c in facts.database.collections
        if any(len(s.replicas) == 1 and s.replicas[0] in names for s in c.shards)
    )
