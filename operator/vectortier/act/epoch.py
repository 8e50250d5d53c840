"""Fencing: a new leader marks what operations write to before its first write, so that a former one is refused."""

from contextlib import suppress

from vectortier.act.journal import write_journal
from vectortier.act.learned import write_learned
from vectortier.act.lock import lock_name, write_free_lock
from vectortier.act.ownership import EPOCH_ANNOTATION, Term
from vectortier.children import names
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import NotFoundError
from vectortier.model.journal import Journal
from vectortier.model.learned import Learned
from vectortier.observe.journal import journal_name
from vectortier.observe.learned import model_name
from vectortier.observe.tier import TierView
from vectortier.observe.workload import read_workload


def raise_epoch(kubernetes: Kubernetes, view: TierView, term: Term) -> int:
    """Mark the tier's learned parameters, lock, StatefulSet and journal with the term, and before them whatever else
    an operator may delete. How many were marked. Raises KubernetesError.

    Each write needs the resourceVersion that was seen, so whoever holds an older view of any of them can no longer
    write to it. Those that are not there yet are made: whoever saw none could otherwise still make them. Having marked
    anything, look again before acting: what was seen may be from before the other's last write.

    The journal comes last: once it has the mark, so has everything that was there at the take-over. Pods and claims
    that are made later need none: whoever saw them asks for the leaders' Lease before it writes, and has lost it.
    """
    tier = view.identity.name
    journal = view.find(kinds.CONFIG_MAP, journal_name(tier))
    guarded = (
        *(() if _is_marked(journal, term) else _deletable(view)),
        view.find(kinds.CONFIG_MAP, model_name(tier)),
        view.find(kinds.LEASE, lock_name(tier)),
        view.stateful_set,
        journal,
    )
    stale = [found for found in guarded if found is not None and not _is_marked(found, term)]
    for found in stale:
        _mark(kubernetes, found, term)
    return len(stale) + _made(kubernetes, view, term)


def _deletable(view: TierView) -> tuple[Object | None, ...]:
    """What an operator may delete, the StatefulSet aside: nodes' pods and claims, and the child that a spec of one
    gateway has no more."""
    workload = read_workload(view)
    return (
        *(view.find(kinds.POD, pod.name) for pod in workload.pods),
        *(view.find(kinds.VOLUME_CLAIM, volume.name) for volume in workload.volumes),
        view.find(kinds.DISRUPTION_BUDGET, names.gateway(view.identity.name)),
    )


def _is_marked(found: Object | None, term: Term) -> bool:
    annotations = (found or {}).get("metadata", {}).get("annotations") or {}
    return bool(annotations.get(EPOCH_ANNOTATION) == term.mark)


def _mark(kubernetes: Kubernetes, found: Object, term: Term) -> None:
    # Nobody can write to what is gone, such as a pod that has ended since.
    with suppress(NotFoundError):
        kubernetes.patch(found, {"metadata": {"annotations": {EPOCH_ANNOTATION: term.mark}}})


def _made(kubernetes: Kubernetes, view: TierView, term: Term) -> int:
    """Make those that are missing, without anything in them; how many were."""
    tier, made = view.identity.name, 0
    if view.find(kinds.CONFIG_MAP, model_name(tier)) is None:
        write_learned(kubernetes, view, Learned(), term)
        made += 1
    if view.find(kinds.LEASE, lock_name(tier)) is None:
        write_free_lock(kubernetes, view, term)
        made += 1
    if view.find(kinds.CONFIG_MAP, journal_name(tier)) is None:
        write_journal(kubernetes, view, Journal(), term)
        made += 1
    return made
