"""Telling people what has changed, as Events on the tier. Losing one loses no state, so failures are only logged."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.report.events import Event

_log = logging.getLogger(__name__)
_MAX_MESSAGE = 1024


def write_events(kubernetes: Kubernetes, raw: Object, events: Iterable[Event], now: float) -> None:
    """Write one Event for each. The name tells tier and time apart, as kubectl's own events do."""
    metadata = raw["metadata"]
    time = datetime.fromtimestamp(now, UTC)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for number, event in enumerate(events):
        body: Object = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name']}.{int(now * 1e6) + number:x}",
                "namespace": metadata["namespace"],
            },
            "involvedObject": {
                "apiVersion": raw["apiVersion"],
                "kind": raw["kind"],
                **{field: metadata[field] for field in ("name", "namespace", "uid", "resourceVersion")},
            },
            "type": event.type,
            "reason": event.reason,
            "action": event.action,
            "message": event.message[:_MAX_MESSAGE],
            "eventTime": stamp,
            "reportingComponent": "vectortier.dev/operator",
            "reportingInstance": "vectortier",
        }
        try:
            kubernetes.create(body)
        except KubernetesError as error:
            _log.warning("an event was lost: %s", error, extra={"tier": metadata["name"]})
