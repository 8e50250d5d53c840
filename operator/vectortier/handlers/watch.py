"""Watching, by kopf. Every event only wakes the queue: what happened is read afterwards from the API server.

Only event handlers are used. kopf's change handlers, timers and daemons would put annotations and a finalizer on the
user's objects, and its indices keep objects that vanished during a gap in the watch.
"""

import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import kopf

from vectortier.children.metadata import TIER_LABEL
from vectortier.clients.kubernetes_kinds import INGEST_PIPELINE, VECTOR_TIER, WATCHED_CHILDREN, Kind

Deleted = bool
Handler = Callable[..., Coroutine[None, None, None]]


@dataclass(frozen=True)
class Listeners:
    """Who is told. They are called from the watching thread and must not block."""

    own: Callable[[str, dict[str, Any], Deleted], None]
    """Kind, object, whether it is gone."""
    child: Callable[[str, dict[str, Any], str, Deleted], None]
    """Kind, object, name of the tier, whether it is gone."""


def build_registry(listeners: Listeners) -> kopf.OperatorRegistry:
    """Handlers for the user's objects and for what belongs to them."""
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**arguments: Any) -> kopf.ConnectionInfo | None:
        return kopf.login_with_service_account(**arguments) or kopf.login_with_kubeconfig(**arguments)

    for kind in (VECTOR_TIER, INGEST_PIPELINE):
        kopf.on.event(kind.group, kind.plural, id=kind.plural, registry=registry)(_own(kind, listeners))
    for kind in WATCHED_CHILDREN:
        kopf.on.event(kind.group, kind.plural, id=kind.plural, registry=registry)(_child(kind, listeners))
    return registry


def _own(kind: Kind, listeners: Listeners) -> Handler:
    async def changed(event: kopf.RawEvent, **_: Any) -> None:
        listeners.own(kind.name, dict(event["object"]), event["type"] == "DELETED")

    return changed


def _child(kind: Kind, listeners: Listeners) -> Handler:
    async def changed(event: kopf.RawEvent, **_: Any) -> None:
        body: dict[str, Any] = dict(event["object"])
        tier = body["metadata"].get("labels", {}).get(TIER_LABEL)
        if tier:
            listeners.child(kind.name, body, tier, event["type"] == "DELETED")

    return changed


def build_settings() -> kopf.OperatorSettings:
    """Nothing of kopf's is posted or stored, no cluster-wide permission is needed, and a silent watch is noticed."""
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True
    settings.posting.enabled = False
    settings.process.ultimate_exiting_timeout = None
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 5
    settings.watching.inactivity_timeout = 70
    settings.networking.request_timeout = 30
    settings.queueing.exit_timeout = 0.5
    for kind in WATCHED_CHILDREN:
        settings.watching.label_selectors[kind.group, kind.plural] = TIER_LABEL
    return settings


def watch(listeners: Listeners, namespace: str, stop: threading.Event) -> None:
    """Watch one namespace until told to stop; raises what kopf gives up for, such as a Role that is gone.

    Runs an event loop of its own: kopf, when it ends, cancels every task of its loop.
    """
    kopf.run(
        registry=build_registry(listeners),
        settings=build_settings(),
        namespaces=(namespace,),
        standalone=True,
        stop_flag=stop,
    )
