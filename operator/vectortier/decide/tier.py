"""The policy of a tier: its table of contents.

A decision is settled by the first rule, by position, that holds or proposes; a rule that passes is noted with its
numbers, and one that answers None had no business with the case. The order is an argument:

1. `TRUST` comes first, because nothing may be done on missing knowledge. What it can propose is the restart of a node:
   of one that is down and was made before the spec was corrected, by which nothing is lost, and of one of a cluster
   that never came up, which is how knowledge is got at all.
2. `cut_off_node` comes before the operation under way: a movement waits for every member, so it would wait for ever.
3. `operation_in_flight` comes before every rule about growing: while an operation runs, nothing else is begun, and the
   latency that it costs itself must not be taken for a reason to grow. What stands in the way of a step is asked by
   the step, because some steps (to serve from a warm copy) are right just when something is wrong elsewhere.
4. `resize_volumes` is over within seconds and comes before what a full disk brings about. `restart_outdated` comes
   before the obstacles, one of which is that nodes run different versions: it is what ends that, and asks for itself
   what stands in its way. Then `OBSTACLES`: a node that is dead, mixed versions, somebody
   else's movement, a backup, a read-only shard. Then the volumes of nodes that were taken away long ago, which no
   measurement is needed for.
5. Whether there is evidence (`metrics_known`); what it says of the promise, of what a copy can do and of how many the
   demand needs (`promise`, `capacity`, `demand`), which is told whatever comes of it; and whether that asks for another
   size (`right_size`). Where it asks for none, and for nothing else, is the time to even out what the nodes hold
   (`spread`, which asks `right_size` itself and stands before it because that is what a tier at rest ends with).
6. `GROW`. Whether copying could help at all, and damping before bounds, so that a tier at its limit which is cooling
   down says so first; then the cause, whether more of it has helped before, room, the dearest to work out, and whether
   it is worth what it costs.
7. `SHRINK` has less to ask: that the tier has been too large for long is part of what is wanted.
8. `scale_out` and `scale_in` propose. The `GATES` are asked about the proposal last, so that a tier in mode Observe
   still tells what would be done.

Before all of them the look is learned from (`taught`): a decision is made with what is known after it.
"""

from collections.abc import Callable
from typing import TypeVar

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.wanted import is_too_large
from vectortier.decide.identify import decision_id
from vectortier.decide.learning import taught
from vectortier.decide.operation import operation_in_flight
from vectortier.decide.rules.approval import proposal_hash
from vectortier.decide.rules.bounds import fits_journal, something_to_copy, within_bounds
from vectortier.decide.rules.budget import within_bytes_per_hour
from vectortier.decide.rules.cause import nodes_cure_it
from vectortier.decide.rules.cost import worth_it
from vectortier.decide.rules.cutoff import cut_off_node, down_and_outdated, nobody_came_up
from vectortier.decide.rules.damping import cooled_down, settled_down
from vectortier.decide.rules.effect import last_one_helped
from vectortier.decide.rules.gates import GATES
from vectortier.decide.rules.metrics import metrics_known
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.rules.purge import purge_old_volumes
from vectortier.decide.rules.resize import resize_volumes
from vectortier.decide.rules.restart import restart_outdated
from vectortier.decide.rules.room import room_in_memory, room_on_disk
from vectortier.decide.rules.scalein import scale_in
from vectortier.decide.rules.scaleout import scale_out
from vectortier.decide.rules.slo import capacity, demand, promise, right_size
from vectortier.decide.rules.spread import spread
from vectortier.decide.rules.trust import database_known, journal_known, keys_present, not_deleting, workload_known
from vectortier.decide.rules.versions import same_image
from vectortier.decide.ruling import SOON_SECONDS, Ruling, hold
from vectortier.decide.serving import serving_set
from vectortier.model.journal import RESTARTS, Operation, OperationKind
from vectortier.model.observation import Observation
from vectortier.model.plan import BeginOperation, ExtendOperation, Outcome, Plan, Verdict
from vectortier.model.value import Unknown

Given = TypeVar("Given")

TRUST: tuple[Callable[[Look], Ruling | None], ...] = (
    not_deleting,
    workload_known,
    keys_present,
    journal_known,
    down_and_outdated,
    nobody_came_up,
    database_known,
)

Rules = tuple[Callable[[Facts], Ruling | None], ...]

RULES: Rules = (
    cut_off_node,
    operation_in_flight,
    resize_volumes,
    restart_outdated,
    *OBSTACLES,
    purge_old_volumes,
    metrics_known,
    promise,
    capacity,
    demand,
    spread,
    right_size,
)

GROW: Rules = (
    something_to_copy,
    cooled_down,
    within_bounds,
    fits_journal,
    same_image,
    nodes_cure_it,
    last_one_helped,
    room_in_memory,
    room_on_disk,
    within_bytes_per_hour,
    worth_it,
    scale_out,
)

SHRINK: Rules = (settled_down, scale_in)

MAY_WAIT = {
    OperationKind.RESIZE_VOLUMES: resize_volumes,
    **dict.fromkeys(RESTARTS, restart_outdated),
}
"""Operations that nothing else waits with, by the rules that propose them."""


def decide(spec: VectorTierSpec, observed: Observation, now: float) -> Plan:
    """What to do about the tier, at most one action, and why. `now` is Unix seconds."""
    look = Look(spec, observed, now)
    verdicts: list[Verdict] = []
    seen = facts_of(look)
    facts = None if seen is None else taught(seen)
    settled = _settle(look, facts, verdicts, RULES)
    ruling = _gated(look, settled, verdicts)
    if ruling.action is None and _what_may_wait(settled) is not None:
        settled, ruling = _besides(look, facts, verdicts, settled, ruling)
    proposal = _awaiting(settled, ruling)
    serving = serving_set(observed, now) if not observed.tier.deleting else None
    nodes, wanted = _goal(look, ruling)
    return Plan(
        id=decision_id(observed.tier.uid, now),
        action=ruling.action,
        reason=ruling.reason,
        message=ruling.message,
        verdicts=tuple(verdicts),
        nodes=nodes,
        copies=wanted,
        serving=serving,
        proposal=proposal,
        proposal_hash="" if proposal is None else proposal_hash(look, proposal),
        learned=observed.learned if facts is None else facts.learned,
        next_check_seconds=ruling.check_seconds if serving is None else min(ruling.check_seconds, SOON_SECONDS),
    )


def _settle(look: Look, facts: Facts | None, verdicts: list[Verdict], rules: Rules) -> Ruling:
    ruling = _first(TRUST, look, verdicts)
    if ruling is None and facts is not None:
        ruling = _first(rules, facts, verdicts) or _first(SHRINK if is_too_large(facts) else GROW, facts, verdicts)
    if ruling is None:
        raise AssertionError("the last rule always settles, and only known facts get past the first ones")
    return ruling


def _first(rules: tuple[Callable[[Given], Ruling | None], ...], given: Given, verdicts: list[Verdict]) -> Ruling | None:
    """The first ruling that settles; every ruling on the way is noted."""
    for rule in rules:
        ruling = rule(given)
        if ruling is None:
            continue
        verdicts.append(_verdict(rule.__name__, ruling))
        if ruling.outcome is not Outcome.PASS:
            return ruling
    return None


def _what_may_wait(ruling: Ruling) -> Callable[[Facts], Ruling | None] | None:
    """The rule that has settled it, if nothing else has to wait with what it proposes."""
    return MAY_WAIT.get(ruling.action.operation.kind) if isinstance(ruling.action, BeginOperation) else None


def _besides(
    look: Look, facts: Facts | None, verdicts: list[Verdict], settled: Ruling, held: Ruling, rules: Rules = RULES
) -> tuple[Ruling, Ruling]:
    """What is settled and gated while a restart waits, for a window or for somebody to agree: nothing urgent waits with
    it, and as little with larger volumes. Where nothing else is to be done, the first of them is what is told."""
    tried: list[Verdict] = []
    rules = tuple(rule for rule in rules if rule is not _what_may_wait(settled))
    other = _settle(look, facts, tried, rules)
    gated = _gated(look, other, tried)
    if other.action is None:
        return settled, held
    verdicts += tried
    if gated.action is None and _what_may_wait(other) is not None:
        return _besides(look, facts, verdicts, other, gated, rules)
    return other, gated


def _gated(look: Look, ruling: Ruling, verdicts: list[Verdict]) -> Ruling:
    """The ruling, or a hold that tells what would be done."""
    if ruling.action is None:
        return ruling
    for gate in GATES:
        closed = gate(look, ruling.action)
        if closed is not None:
            held = hold(closed.reason, f"{closed.message}; otherwise: {ruling.message}")
            verdicts.append(_verdict(gate.__name__, held))
            return held
    return ruling


def _awaiting(settled: Ruling, gated: Ruling) -> Operation | None:
    """What is held back for want of approval alone."""
    if gated.reason != Reason.AWAITING_APPROVAL or not isinstance(settled.action, BeginOperation):
        return None
    return settled.action.operation


def _verdict(rule: str, ruling: Ruling) -> Verdict:
    return Verdict(rule=rule, outcome=ruling.outcome, reason=ruling.reason, message=ruling.message)


def _goal(look: Look, ruling: Ruling) -> tuple[int, int]:
    """Nodes and copies that the tier should have: the operation's, otherwise what there is."""
    seen = look.observed
    if isinstance(ruling.action, BeginOperation | ExtendOperation):
        return ruling.action.operation.nodes, ruling.action.operation.copies
    if not isinstance(seen.journal, Unknown) and seen.journal.operation is not None and seen.journal.operation.nodes:
        return seen.journal.operation.nodes, seen.journal.operation.copies
    desired = 0 if isinstance(seen.workload, Unknown) else seen.workload.desired_nodes
    have = None if isinstance(seen.database, Unknown) else copies(seen.database)
    return desired or look.spec.nodes.min, have if have is not None else look.spec.copies.min
