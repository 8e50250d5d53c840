"""The lock for disruptive operations: a Lease per tier, held for as long as the operation lasts."""

from datetime import UTC, datetime
from typing import Any

from vectortier.act.ownership import Term, owned_metadata
from vectortier.act.replace import put_in_place
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.model.journal import Operation
from vectortier.observe.tier import TierView

HOLDER = "vectortier"
PURPOSE_ANNOTATION = "vectortier.dev/purpose"


class LockHeldError(Exception):
    """Somebody else holds the lock; the message says who."""


def lock_name(tier: str) -> str:
    """The Lease that is the tier's lock."""
    return f"{tier}-operation"


def take_lock(kubernetes: Kubernetes, view: TierView, operation: Operation, term: Term, now: float) -> bool:
    """Hold the lock for the operation; whether it had to be taken. Raises LockHeldError and KubernetesError.

    A lock that is ours already is left over from a crash between taking it and writing the journal.
    """
    seen = view.find(kinds.LEASE, lock_name(view.identity.name))
    holder = lock_holder(seen)
    if holder == HOLDER:
        return False
    if holder:
        since = (seen or {}).get("spec", {}).get("acquireTime", "an unknown time")
        raise LockHeldError(f"Lease {lock_name(view.identity.name)} is held by '{holder}' since {since}")
    _write(kubernetes, view, term, {"holderIdentity": HOLDER, "acquireTime": _micro_time(now)}, operation.kind)
    return True


def release_lock(kubernetes: Kubernetes, view: TierView, term: Term) -> bool:
    """Give the lock back if it is ours. Whether there was anything to give back. Raises KubernetesError."""
    if lock_holder(view.find(kinds.LEASE, lock_name(view.identity.name))) != HOLDER:
        return False
    _write(kubernetes, view, term, {}, "")
    return True


def write_free_lock(kubernetes: Kubernetes, view: TierView, term: Term) -> None:
    """Make the lock of a tier that has none yet, held by nobody. Raises KubernetesError."""
    _write(kubernetes, view, term, {}, "")


def lock_holder(lease: Object | None) -> str:
    """Who holds the lock; empty if nobody does."""
    return ((lease or {}).get("spec") or {}).get("holderIdentity") or ""


def _write(kubernetes: Kubernetes, view: TierView, term: Term, spec: dict[str, Any], purpose: str) -> None:
    name = lock_name(view.identity.name)
    seen = view.find(kinds.LEASE, name)
    transitions = ((seen or {}).get("spec") or {}).get("leaseTransitions", 0)
    body: Object = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": owned_metadata(view.identity, name, term, {PURPOSE_ANNOTATION: purpose}),
        "spec": {**spec, "leaseTransitions": transitions + 1 if spec else transitions},
    }
    put_in_place(kubernetes, body, seen)


def _micro_time(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
