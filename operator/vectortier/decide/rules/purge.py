"""Volumes of nodes that were taken away are kept for a while, for what was placed on them in the last moment and for
somebody who wants to look, and then go. The copies that such a node has dropped are not on it any more."""

from vectortier.api.reasons import Reason
from vectortier.decide.begin import begin
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.volumes import left_over
from vectortier.decide.facts.wanted import is_too_large
from vectortier.decide.rules.damping import after_failures
from vectortier.decide.ruling import Ruling, propose
from vectortier.model.journal import OperationKind, Step, StepName
from vectortier.model.plan import Outcome


def purge_old_volumes(facts: Facts) -> Ruling | None:
    """Begin to delete those that have been kept for as long as the spec says, while nothing else is wanted. Of one that
    no operation is known to have left, nobody says since when it is there: it stays until its node is added again."""
    failed = after_failures(facts, OperationKind.PURGE)
    grows = facts.wanted is not None and not is_too_large(facts)
    if grows or facts.verdict.missed_now or (failed is not None and failed.outcome is Outcome.HOLD):
        return None
    kept = facts.spec.damping.scale_in.keep_volumes_seconds
    removed = ((volume.node, facts.journal.removed_at(volume.node)) for volume in left_over(facts))
    old = [node for node, time in removed if time is not None and facts.now - time >= kept]
    if not old:
        return None
    why = f"what nodes that were taken away leave behind is kept for {kept} s"
    steps = tuple(Step(name=StepName.PURGE_VOLUME, target=node) for node in old)
    nodes, have = facts.workload.desired_nodes, copies(facts.database) or 0
    action = begin(facts, OperationKind.PURGE, steps, nodes=nodes, copies=have, message=why)
    return propose(action, Reason.PURGING_VOLUMES, f"delete the volumes of {', '.join(old)}: {why}")
