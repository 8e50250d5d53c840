"""Applying a tier's children: only what is missing or no longer as it was built."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from vectortier.act.drift import drift, stamped
from vectortier.children.build import build_children, unwanted_children
from vectortier.children.context import TierContext
from vectortier.children.keys import build_keys
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidError,
    ServerError,
)
from vectortier.clients.kubernetes_kinds import kind_of
from vectortier.decide.facts.look import is_running
from vectortier.observe.tier import TierView
from vectortier.observe.workload import read_workload

_log = logging.getLogger(__name__)


class _ForeignError(Exception):
    """An object of this name is there, and it is somebody else's."""


@dataclass(frozen=True)
class Applied:
    """What came of it: how many writes, and what the API server refused."""

    writes: int = 0
    refusals: tuple[str, ...] = ()


@dataclass
class Settled:
    """Objects that differ although they were just applied, by uid: somebody else keeps adding to them.

    Applying them again changes nothing, so it is left until they change. Losing this costs one write each.
    """

    versions: dict[str, str] = field(default_factory=dict)

    def holds(self, live: Object) -> bool:
        """Whether this version of the object is known to stay different."""
        metadata = live["metadata"]
        return bool(self.versions.get(metadata["uid"]) == metadata["resourceVersion"])

    def note(self, live: Object) -> None:
        """This version of the object stays different."""
        self.versions[live["metadata"]["uid"]] = live["metadata"]["resourceVersion"]


def apply_children(
    kubernetes: Kubernetes,
    view: TierView,
    context: TierContext,
    random_bytes: Callable[[int], bytes],
    settled: Settled,
) -> Applied:
    """Bring the tier's children to what the spec asks. Raises KubernetesError when to look again.

    An object that is refused does not keep the others from being applied.
    """
    writes, refusals = _create_keys(kubernetes, view, context, random_bytes), []
    for child in build_children(context):
        try:
            writes += _apply(kubernetes, view, stamped(child), settled)
        except (InvalidError, ForbiddenError, ServerError, _ForeignError) as error:
            refusals.append(str(error))
    for reference in unwanted_children(context):
        writes += _delete(kubernetes, view, reference)
    return Applied(writes, tuple(refusals))


def _apply(kubernetes: Kubernetes, view: TierView, desired: Object, settled: Settled) -> int:
    live = view.find(kind_of(desired), desired["metadata"]["name"])
    if live is None and (live := _unlabelled(kubernetes, view, desired)) is None:
        kubernetes.apply(desired)
        return 1
    where = drift(desired, live)
    if where is None or settled.holds(live):
        return 0
    about = {"tier": view.identity.name, "object": f"{desired['kind']}/{desired['metadata']['name']}"}
    _log.info("applying what drifted at %s", where, extra=about)
    result = kubernetes.apply(desired, resource_version=live["metadata"]["resourceVersion"])
    if (still := drift(desired, result)) is not None:
        _log.warning("%s stays different: somebody else adds to it; remove what was added", still, extra=about)
        settled.note(result)
    return 1


def _unlabelled(kubernetes: Kubernetes, view: TierView, desired: Object) -> Object | None:
    """This tier's own object that has lost its labels, None if there is no object of this name.

    Raises _ForeignError for one that belongs to somebody else, such as a Service of the same name that a chart made:
    it is not taken over, since its clients would lose it, and it would be deleted with the tier.
    """
    found = kubernetes.find(kind_of(desired), view.identity.namespace, desired["metadata"]["name"])
    owners = {owner["uid"] for owner in (found or {}).get("metadata", {}).get("ownerReferences") or ()}
    if found is None or view.identity.uid in owners:
        return found
    what = f"{desired['kind']} {desired['metadata']['name']}"
    raise _ForeignError(f"{what} exists and is not this tier's: delete or rename it, or give the tier another name")


def _create_keys(
    kubernetes: Kubernetes, view: TierView, context: TierContext, random_bytes: Callable[[int], bytes]
) -> int:
    """Creates the Secret, once. Not under running nodes, which have the keys of one that was deleted: the operator and
    every node that starts anew would have others."""
    running = any(is_running(pod) for pod in read_workload(view).pods)
    if view.keys is not None or running or (secret := build_keys(context, random_bytes)) is None:
        return 0
    try:
        kubernetes.create(secret)
    except AlreadyExistsError:
        return 0
    return 1


def _delete(kubernetes: Kubernetes, view: TierView, reference: Object) -> int:
    live = view.find(kind_of(reference), reference["metadata"]["name"])
    return int(live is not None and kubernetes.delete(live))
