"""What each action does outside of the journal: to Kubernetes, to Weaviate, or in the background."""

from collections.abc import Callable
from dataclasses import dataclass

from vectortier.act import entries
from vectortier.act.background import Background
from vectortier.act.copies import drop_copy
from vectortier.act.factor import lower_factor, raise_factor
from vectortier.act.lock import take_lock
from vectortier.act.movement import delete_movement, start_copy
from vectortier.act.nodes import remove_node, restart_node, set_nodes
from vectortier.act.ownership import Term
from vectortier.act.raft import remove_from_raft
from vectortier.act.tenants import activate_tenant, restore_tenant
from vectortier.act.volumes import expand_volume, purge_volume, recreate_stateful_set
from vectortier.act.warm import Warmth
from vectortier.clients.cluster_port import ClusterPort
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import ForbiddenError, InvalidError
from vectortier.clients.weaviate import Weaviate
from vectortier.model.journal import Cost, Journal
from vectortier.model.plan import (
    Action,
    ActivateTenant,
    BeginOperation,
    DeleteMovement,
    DropCopy,
    ExpandVolume,
    LowerFactor,
    PurgeVolume,
    RaiseFactor,
    RecreateStatefulSet,
    RemoveFromRaft,
    RemoveNode,
    RestartNode,
    RestoreTenant,
    SetNodes,
    StartCopy,
    WarmNode,
)
from vectortier.observe.tier import TierView

OnKubernetes = BeginOperation | SetNodes | RestartNode | PurgeVolume | ExpandVolume | RecreateStatefulSet
OnWeaviate = (
    StartCopy
    | DeleteMovement
    | RaiseFactor
    | LowerFactor
    | DropCopy
    | ActivateTenant
    | RestoreTenant
    | RemoveNode
    | RemoveFromRaft
)


@dataclass(frozen=True)
class Tools:
    """What acting on one tier needs. `weaviate` and `cluster_port` make clients that speak to the leader first, `wake`
    has the tier looked at again."""

    kubernetes: Kubernetes
    weaviate: Callable[[], Weaviate]
    cluster_port: Callable[[], ClusterPort]
    warm: Callable[[Weaviate, WarmNode], Warmth]
    background: Background
    wake: Callable[[], None]
    term: Term
    now: float


class WaitingError(Exception):
    """The action goes on in the background; there is nothing to write yet."""


def effect(action: Action, view: TierView, journal: Journal, tools: Tools) -> tuple[Journal, int]:
    """The journal after the action's effect outside, and how many writes to Kubernetes that effect took. Raises
    WaitingError, LockHeldError, KubernetesError and ClientError."""
    if isinstance(action, OnKubernetes):
        return _on_kubernetes(action, view, journal, tools)
    if isinstance(action, WarmNode):
        return _warm(action, view, journal, tools), 0
    if not isinstance(action, OnWeaviate):
        return entries.noted(journal, action, tools.now), 0
    client = tools.weaviate()
    try:
        return _on_weaviate(action, view, journal, client, tools)
    finally:
        client.close()


def _on_kubernetes(action: OnKubernetes, view: TierView, journal: Journal, tools: Tools) -> tuple[Journal, int]:
    match action:
        case BeginOperation():
            taken = take_lock(tools.kubernetes, view, action.operation, tools.term, tools.now)
            return entries.begun(journal, action, tools.term.epoch), int(taken)
        case SetNodes():
            return journal, int(set_nodes(tools.kubernetes, view, action))
        case RestartNode():
            return journal, int(restart_node(tools.kubernetes, view, action))
        case PurgeVolume():
            return journal, int(purge_volume(tools.kubernetes, view, action))
        case ExpandVolume():
            return _expand(action, view, journal, tools)
        case RecreateStatefulSet():
            return journal, int(recreate_stateful_set(tools.kubernetes, view, action))


def _expand(action: ExpandVolume, view: TierView, journal: Journal, tools: Tools) -> tuple[Journal, int]:
    """That it is refused is a fact like any other, and noted: only the API server knows what a storage class allows,
    which is nothing that an operator of some namespaces may read."""
    try:
        return journal, int(expand_volume(tools.kubernetes, view, action))
    except (ForbiddenError, InvalidError) as error:
        return entries.expansion_refused(journal, action, str(error)), 0


def _on_weaviate(
    action: OnWeaviate, view: TierView, journal: Journal, client: Weaviate, tools: Tools
) -> tuple[Journal, int]:
    match action:
        case StartCopy():
            return entries.copy_started(journal, action, start_copy(client, action)), 0
        case DeleteMovement():
            delete_movement(client, action)
            return entries.movement_deleted(journal, action), 0
        case RaiseFactor():
            raise_factor(client, action)
        case LowerFactor():
            lower_factor(client, action)
        case DropCopy():
            drop_copy(client, action)
        case ActivateTenant():
            activate_tenant(client, action)
        case RestoreTenant():
            restore_tenant(client, action)
        case RemoveNode():
            return journal, int(remove_node(tools.kubernetes, client, view, action))
        case RemoveFromRaft():
            _remove_from_raft(action, client, tools)
    return journal, 0


def _remove_from_raft(action: RemoveFromRaft, client: Weaviate, tools: Tools) -> None:
    port = tools.cluster_port()
    try:
        remove_from_raft(client, port, action)
    finally:
        port.close()


def _warm(action: WarmNode, view: TierView, journal: Journal, tools: Tools) -> Journal:
    """The journal with the first node that has become warm; the others' results are kept for the next looks."""
    for each in (action, *action.beside):
        warmth = _poll(each, view, journal, tools)
        if warmth is not None:
            cost = Cost(seconds=warmth.seconds, p99_milliseconds=warmth.p99_milliseconds)
            return entries.step_done(journal, each.index, cost, tools.now)
    nodes = ", ".join(each.node for each in (action, *action.beside))
    raise WaitingError(f"searches are sent to {nodes} until {'they are' if action.beside else 'it is'} warm")


def _poll(action: WarmNode, view: TierView, journal: Journal, tools: Tools) -> Warmth | None:
    operation = journal.operation.id if journal.operation else ""

    def job() -> Warmth:
        client = tools.weaviate()
        try:
            return tools.warm(client, action)
        finally:
            client.close()

    return tools.background.poll((view.identity.uid, operation, action.index), job, tools.wake)
