"""A list of all tiers and pipelines every now and then: what no watch announced is found, and dead watches are."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import ForbiddenError, KubernetesError
from vectortier.clients.kubernetes_kinds import INGEST_PIPELINE, VECTOR_TIER
from vectortier.runtime.health import WatchTruth
from vectortier.runtime.queue import Key

_log = logging.getLogger(__name__)
SECONDS = 30.0


@dataclass(frozen=True)
class Listed:
    """What a list of everything shows."""

    versions: dict[Key, str]
    """The resourceVersion of every tier and pipeline that can be seen."""
    unreadable: frozenset[str]
    """Namespaces that may not be read: they are gone, or the Role in them is. Nothing is known of what they hold."""


def list_all(kubernetes: Kubernetes, namespaces: tuple[str, ...]) -> Listed:
    """Every tier and pipeline. Raises KubernetesError; ForbiddenError only when no namespace may be read."""
    versions: dict[Key, str] = {}
    refusals: dict[str, ForbiddenError] = {}
    for namespace in namespaces:
        try:
            versions |= _list(kubernetes, namespace)
        except ForbiddenError as error:
            refusals[namespace] = error
    if refusals and len(refusals) == len(set(namespaces)):
        raise next(iter(refusals.values()))
    return Listed(versions, frozenset(refusals))


def _list(kubernetes: Kubernetes, namespace: str) -> dict[Key, str]:
    return {
        Key(kind.name, namespace, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
        for kind in (VECTOR_TIER, INGEST_PIPELINE)
        for item in kubernetes.list(kind, namespace)
    }


async def resync(
    kubernetes: Kubernetes,
    namespaces: tuple[str, ...],
    watches: WatchTruth,
    wake: Callable[[Key], None],
    gone: Callable[[Key], None],
) -> None:
    """Go on until cancelled. `wake` is called for what the watches have not announced, `gone` for whose end they have
    not."""
    unreadable: frozenset[str] = frozenset()
    while True:
        try:
            listed = await asyncio.to_thread(list_all, kubernetes, namespaces)
        except KubernetesError as error:
            _log.warning("cannot list tiers and pipelines: %s", error)
        else:
            if listed.unreadable != unreadable:
                unreadable = listed.unreadable
                _log.warning("namespaces that may not be read: %s", ", ".join(sorted(unreadable)) or "none any more")
            for key in watches.compare(listed.versions, monotonic()):
                wake(key)
            for key in watches.vanished(listed.versions, unreadable):
                gone(key)
        await asyncio.sleep(SECONDS)
