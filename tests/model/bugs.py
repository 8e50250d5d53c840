"""Bugs that are put into the operator on purpose, to see that the schedules find them.

Each takes out one safeguard, with whatever else guards against the same: what two safeguards keep from happening is no
bug while one of them is there.
"""

from collections.abc import Callable
from typing import Any

import pytest

from vectortier.act import effects, entries, epoch, movement, nodes, plan, raft
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.decide import operation, serving
from vectortier.decide.facts import evenness, lanes, shortfall, tenants
from vectortier.decide.facts.look import node_name
from vectortier.decide.facts.relocation import relocated
from vectortier.decide.rules import foreign, purge, scalein, scaleout, spread
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.steps import copy, drain, drop_copy, purge_volume, remove_from_raft, remove_node, restart_node
from vectortier.decide.steps.at import complete, wait
from vectortier.model.journal import Journal, StepName
from vectortier.observe import workload

Patch = Callable[[pytest.MonkeyPatch], None]


def _nothing(*_: Any, **__: Any) -> None:
    """In the place of a question: no objection."""


def deletes_before_ready(patch: pytest.MonkeyPatch) -> None:
    """A movement that is nearly done is deleted, which cancels it."""
    patch.setattr(copy, "is_active", lambda state: state in ("REGISTERED", "HYDRATING"))
    patch.setattr(movement, "SETTLED", ("READY", "CANCELLED", "FINALIZING", "INTEGRATING"))


def forgets_to_delete_movements(patch: pytest.MonkeyPatch) -> None:
    """Finished movements stay in Weaviate's list."""
    patch.setattr(effects, "delete_movement", _nothing)


def takes_the_wrong_node(patch: pytest.MonkeyPatch) -> None:
    """What is drained and emptied is not the node that the StatefulSet drops."""
    real = node_name
    patch.setattr(scalein, "node_name", lambda tier, ordinal: real(tier, max(1, ordinal - 1)))
    patch.setattr(remove_node, "_pointless", _nothing)
    patch.setattr(effects, "remove_node", _lower_without_looking)


def _lower_without_looking(kubernetes: Any, client: Any, view: Any, action: Any) -> bool:
    del client
    kubernetes.patch(view.stateful_set, {"spec": {"replicas": action.nodes}})
    return True


def forgets_the_operation(patch: pytest.MonkeyPatch) -> None:
    """The lock is taken, the journal is not written."""
    patch.setattr(entries, "begun", lambda journal, action, epoch: journal)


def begins_every_copy_twice(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether Weaviate is at it already."""
    patch.setattr(copy, "_movement", _nothing)
    patch.setattr(effects, "start_copy", _start_without_looking)


def _start_without_looking(client: Any, action: Any) -> str:
    return str(client.copy_shard((action.collection, action.shard), action.source, action.target))


def ignores_the_lock(patch: pytest.MonkeyPatch) -> None:
    """Whoever holds it."""
    patch.setattr(effects, "take_lock", lambda *_: False)


def keeps_the_lock(patch: pytest.MonkeyPatch) -> None:
    """It is not given back."""
    patch.setattr(plan, "release_lock", lambda *_: False)


def removes_from_raft_too_early(patch: pytest.MonkeyPatch) -> None:
    """As soon as the node was told to go, whether or not it has gone."""

    def hasty(at: Any) -> Any:
        gone = at.facts.workload.desired_nodes <= (at.step.nodes or 0)
        return complete(at, "told to go") if gone else remove_node.remove_node(at)

    patch.setitem(operation.STEPS, StepName.REMOVE_NODE, hasty)
    patch.setattr(remove_from_raft, "find_member", _nothing)
    patch.setattr(effects, "remove_from_raft", lambda client, port, action: port.remove(action.node))


def removes_from_raft_what_a_shard_names(patch: pytest.MonkeyPatch) -> None:
    """Weaviate gives that shard to a node that has nothing of it."""
    patch.setattr(remove_from_raft, "held_by", lambda *_: ())
    patch.setattr(raft, "check_empty", _nothing)


def takes_a_node_with_what_it_holds(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether something was placed there in the last moment."""
    patch.setattr(remove_node, "held_by", lambda *_: ())
    patch.setattr(nodes, "check_empty", _nothing)


def drops_what_others_lack(patch: pytest.MonkeyPatch) -> None:
    """Copies are counted, and nobody looks what is in them."""
    patch.setattr(drop_copy, "_lacking", _nothing)
    patch.setattr(copy, "_verified_or", lambda at, then, since: then)


def drops_too_many(patch: pytest.MonkeyPatch) -> None:
    """One more than may go."""
    real = relocated
    patch.setattr(scalein, "relocated", lambda facts, going, least: real(facts, going, max(0, least - 1)))
    patch.setattr(drop_copy, "_too_few", _nothing)
    patch.setattr(effects, "drop_copy", lambda client, a: client.drop_copy((a.collection, a.shard), a.node))


def drops_while_it_serves(patch: pytest.MonkeyPatch) -> None:
    """The node stays in the serving set."""
    patch.setattr(serving, "_leaving", lambda operation: set())
    patch.setitem(operation.STEPS, StepName.DRAIN, operation.STEPS[StepName.SERVE])


def moves_under_a_backup(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether one runs."""
    for module in (copy, drop_copy):
        patch.setattr(module, "OBSTACLES", tuple(r for r in OBSTACLES if r is not foreign.backup_running))


def starts_on_old_volumes(patch: pytest.MonkeyPatch) -> None:
    """What a former node of the name has left is not purged."""
    patch.setattr(scaleout, "left_over", lambda facts: ())


def purges_what_is_used(patch: pytest.MonkeyPatch) -> None:
    """Volumes are taken for old ones as soon as they are not the first node's."""
    old = tuple[Any, ...]

    def any_but_the_first(facts: Any) -> old:
        return tuple(volume for volume in facts.workload.volumes if not volume.node.endswith("-0"))

    patch.setattr(scaleout, "left_over", any_but_the_first)
    patch.setattr(purge, "left_over", any_but_the_first)
    patch.setattr(Journal, "removed_at", lambda journal, node: 0.0)
    patch.setattr(purge_volume, "why_needed", _nothing)
    patch.setattr(purge_volume, "node_name", lambda tier, ordinal: "")
    patch.setattr(effects, "purge_volume", _purge_without_looking)


def _purge_without_looking(kubernetes: Any, view: Any, action: Any) -> bool:
    return bool(kubernetes.delete(view.find(kinds.VOLUME_CLAIM, action.claim)))


def obeys_a_former_leader(patch: pytest.MonkeyPatch) -> None:
    """A new leader marks nothing, so nobody is refused."""
    patch.setattr(plan, "raise_epoch", lambda *_: 0)


def marks_only_what_is_written_to(patch: pytest.MonkeyPatch) -> None:
    """A new leader leaves pods and claims as they are, so nobody is refused who deletes one."""
    patch.setattr(epoch, "_deletable", lambda view: ())


def deletes_by_name(patch: pytest.MonkeyPatch) -> None:
    """Whether or not the pod has changed since it was seen."""

    def hasty(kubernetes: Any, view: Any, action: Any) -> bool:
        there = kubernetes._store.view(0.0).get((kinds.POD.name, action.pod))
        return bool(kubernetes.delete(there or view.find(kinds.POD, action.pod)))

    patch.setattr(effects, "restart_node", hasty)


def never_ends(patch: pytest.MonkeyPatch) -> None:
    """A step that is done is not noted."""
    patch.setattr(entries, "step_done", lambda journal, *_: journal)


def restarts_all_at_once(patch: pytest.MonkeyPatch) -> None:
    """The next node is restarted whether or not the last one is back."""
    patch.setattr(lanes, "RESTARTS", ())
    patch.setattr(restart_node, "stands_in_the_way", _nothing)
    patch.setattr(drain, "stands_in_the_way", _nothing)


def forgets_how_many_nodes_there_were(patch: pytest.MonkeyPatch) -> None:
    """A StatefulSet that is made anew is made as for a new tier."""
    patch.setattr(workload, "_nodes_without_stateful_set", lambda view: view.spec.nodes.min)


def deletes_whatever_stateful_set_is_there(patch: pytest.MonkeyPatch) -> None:
    """Whether or not it has changed since it was seen: nor does it matter who leads."""

    def hasty(kubernetes: Any, view: Any, action: Any) -> bool:
        del action
        there = kubernetes._store.stateful_set
        kubernetes.delete_alone(view.stateful_set if there is None else there)
        return True

    patch.setattr(effects, "recreate_stateful_set", hasty)


def leaves_tenants_hot(patch: pytest.MonkeyPatch) -> None:
    """What copying has made of them."""
    patch.setattr(effects, "restore_tenant", _nothing)


def forgets_what_a_tenant_was(patch: pytest.MonkeyPatch) -> None:
    """Nobody notes whether it was COLD before it was copied."""
    patch.setattr(copy, "_status_before", _nothing)


def waits_for_tenants_that_sleep(patch: pytest.MonkeyPatch) -> None:
    """One that is COLD is not dropped until somebody else makes it HOT."""
    patch.setattr(drop_copy, "_awaken", lambda at: wait(at, "nobody says how many objects it has"))


def moves_offloaded_tenants(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks what they are."""
    for module in (copy, evenness, tenants):
        patch.setattr(module, "can_move", lambda collection, shard: True)


def leaves_half_moved_shards(patch: pytest.MonkeyPatch) -> None:
    """What a move has copied and not dropped stays so."""
    patch.setattr(spread, "left_behind", lambda facts: ())
    patch.setattr(shortfall, "left_behind", lambda facts: ())


def completes_what_is_not_there(patch: pytest.MonkeyPatch) -> None:
    """A copy is noted as made when Weaviate says READY, whether it shows or not."""
    real = copy.copy

    def believing(at: Any) -> Any:
        found = copy._movement(at)
        if found is not None and found.state == "READY":
            return complete(at, "READY")
        return real(at)

    patch.setitem(operation.STEPS, StepName.COPY, believing)


BUGS: tuple[Patch, ...] = (
    deletes_before_ready,
    forgets_to_delete_movements,
    takes_the_wrong_node,
    forgets_the_operation,
    begins_every_copy_twice,
    ignores_the_lock,
    keeps_the_lock,
    removes_from_raft_too_early,
    removes_from_raft_what_a_shard_names,
    takes_a_node_with_what_it_holds,
    drops_what_others_lack,
    drops_too_many,
    drops_while_it_serves,
    moves_under_a_backup,
    starts_on_old_volumes,
    purges_what_is_used,
    obeys_a_former_leader,
    marks_only_what_is_written_to,
    deletes_by_name,
    never_ends,
    completes_what_is_not_there,
    leaves_tenants_hot,
    forgets_what_a_tenant_was,
    waits_for_tenants_that_sleep,
    moves_offloaded_tenants,
    leaves_half_moved_shards,
    restarts_all_at_once,
    forgets_how_many_nodes_there_were,
    deletes_whatever_stateful_set_is_there,
)
