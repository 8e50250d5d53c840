"""A list of all tiers and pipelines every now and then: what no watch announced is found, and dead watches are."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.clients.kubernetes_kinds import INGEST_PIPELINE, VECTOR_TIER
from vectortier.runtime.health import WatchTruth
from vectortier.runtime.queue import Key

_log = logging.getLogger(__name__)
SECONDS = 30.0


def list_all(kubernetes: Kubernetes, namespaces: tuple[str, ...]) -> dict[Key, str]:
    """The resourceVersion of every tier and pipeline. Raises KubernetesError."""
    return {
        Key(kind.name, namespace, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
        for kind in (VECTOR_TIER, INGEST_PIPELINE)
        for namespace in namespaces
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
    while True:
        try:
            listed = await asyncio.to_thread(list_all, kubernetes, namespaces)
        except KubernetesError as error:
            _log.warning("cannot list tiers and pipelines: %s", error)
        else:
            for key in watches.compare(listed, monotonic()):
                wake(key)
            for key in watches.vanished(listed):
                gone(key)
        await asyncio.sleep(SECONDS)
