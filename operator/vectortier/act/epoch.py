"""Fencing: a new leader marks what operations write to before its first write, so that a former one is refused."""

from vectortier.act.journal import write_journal
from vectortier.act.learned import write_learned
from vectortier.act.lock import lock_name, write_free_lock
from vectortier.act.ownership import EPOCH_ANNOTATION, Term
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.model.journal import Journal
from vectortier.model.learned import Learned
from vectortier.observe.journal import journal_name
from vectortier.observe.learned import model_name
from vectortier.observe.tier import TierView


def raise_epoch(kubernetes: Kubernetes, view: TierView, term: Term) -> int:
    """Mark the tier's journal, learned parameters, lock and StatefulSet with the term. How many were marked. Raises
    KubernetesError.

    Each write needs the resourceVersion that was seen, so whoever holds an older view of any of them can no longer
    write to it. Those that are not there yet are made: whoever saw none could otherwise still make them. Having marked
    anything, look again before acting: what was seen may be from before the other's
    last write.
    """
    tier = view.identity.name
    guarded = (
        view.find(kinds.CONFIG_MAP, journal_name(tier)),
        view.find(kinds.CONFIG_MAP, model_name(tier)),
        view.find(kinds.LEASE, lock_name(tier)),
        view.stateful_set,
    )
    stale = [
        found
        for found in guarded
        if found is not None and (found["metadata"].get("annotations") or {}).get(EPOCH_ANNOTATION) != term.mark
    ]
    for found in stale:
        kubernetes.patch(found, {"metadata": {"annotations": {EPOCH_ANNOTATION: term.mark}}})
    return len(stale) + _made(kubernetes, view, term)


def _made(kubernetes: Kubernetes, view: TierView, term: Term) -> int:
    """Make those that are missing, without anything in them; how many were."""
    tier, made = view.identity.name, 0
    if view.find(kinds.CONFIG_MAP, journal_name(tier)) is None:
        write_journal(kubernetes, view, Journal(), term)
        made += 1
    if view.find(kinds.CONFIG_MAP, model_name(tier)) is None:
        write_learned(kubernetes, view, Learned(), term)
        made += 1
    if view.find(kinds.LEASE, lock_name(tier)) is None:
        write_free_lock(kubernetes, view, term)
        made += 1
    return made
