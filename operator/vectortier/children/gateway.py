"""The gateway of a tier: Envoy's configuration and the Deployment that runs it."""

import hashlib
import json
from functools import lru_cache
from math import ceil
from typing import Any

from vectortier.api.quantity import parse_quantity
from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import labels, metadata, selector
from vectortier.children.names import GATEWAY
from vectortier.children.pods import (
    OPERATOR_USER,
    SMALL_RESOURCES,
    container_security,
    pod_security,
    port,
    resources,
    spread,
)
from vectortier.gateway.bootstrap import build_bootstrap
from vectortier.gateway.process import GRACE_SECONDS, envoy_arguments
from vectortier.gateway.settings import (
    ADMIN_PORT,
    GRPC_PORT,
    REST_PORT,
    STATS_PORT,
    GatewaySettings,
    Limits,
    Timeouts,
)

BOOTSTRAP_KEY = "envoy.json"
BOOTSTRAP_ANNOTATION = "vectortier.dev/bootstrap"

_CONFIG_PATH = "/etc/envoy"

# What a gateway asks for when the spec does not say: it must not be the first to be evicted.
_REQUESTS = {"cpu": "100m", "memory": "64Mi"}
_THREADS = 2


def build_gateway_config(tier: TierContext) -> dict[str, Any]:
    """The ConfigMap with Envoy's bootstrap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(tier, names.gateway(tier.name), GATEWAY),
        "data": {BOOTSTRAP_KEY: _bootstrap(tier)},
    }


def build_gateway(tier: TierContext) -> dict[str, Any]:
    """The Deployment that runs Envoy. It rolls when the bootstrap changes, one pod more before one less."""
    template_metadata = {
        "labels": labels(tier, GATEWAY),
        "annotations": {BOOTSTRAP_ANNOTATION: hashlib.sha256(_bootstrap(tier).encode()).hexdigest()[:16]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(tier, names.gateway(tier.name), GATEWAY),
        "spec": {
            "replicas": tier.spec.gateway.replicas,
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector(tier, GATEWAY)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {"metadata": template_metadata, "spec": _pod(tier)},
        },
    }


def _bootstrap(tier: TierContext) -> str:
    return _as_json(
        GatewaySettings(
            namespace=tier.namespace,
            tier=tier.name,
            slo_milliseconds=tier.spec.slo.search.p99_milliseconds,
            xds_address=tier.operator.xds_address,
            limits=Limits(searches_per_node=_searches_per_node(tier)),
            timeouts=Timeouts(searches=_search_limit_seconds(tier)),
        )
    )


def _search_limit_seconds(tier: TierContext) -> int:
    """Well above the bound, so that what is late is told from what is given up."""
    return max(Timeouts().searches, 2 * ceil(tier.spec.slo.search.p99_milliseconds / 1000))


def _searches_per_node(tier: TierContext) -> int:
    """A search keeps one core busy. Twice the cores hides the way there and back; 16 is enough for small nodes.

    A node without a CPU limit may have any number of cores.
    """
    limit = tier.spec.weaviate.resources.limits.cpu
    return max(16, 2 * ceil(parse_quantity(limit))) if limit else 128


# By far the largest child, asked for twice at every reconcile and almost never changed.
@lru_cache(maxsize=256)
def _as_json(settings: GatewaySettings) -> str:
    return json.dumps(build_bootstrap(settings), sort_keys=True, indent=1)


def _pod(tier: TierContext) -> dict[str, Any]:
    return {
        "serviceAccountName": names.gateway(tier.name),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": pod_security(OPERATOR_USER),
        **spread(tier, GATEWAY),
        # A sidecar: Kubernetes stops it only after the container that drains it has ended.
        "initContainers": [_envoy(tier)],
        "containers": [_drain(tier)],
        "volumes": [{"name": "config", "configMap": {"name": names.gateway(tier.name)}}],
    }


def _envoy(tier: TierContext) -> dict[str, Any]:
    ready = {"path": "/ready", "port": "stats", "scheme": "HTTP"}
    return {
        "name": "envoy",
        "image": tier.spec.gateway.image,
        "restartPolicy": "Always",
        "command": ["/usr/local/bin/envoy"],
        "args": envoy_arguments(f"{_CONFIG_PATH}/{BOOTSTRAP_KEY}", _threads(tier)),
        "ports": [port("http", REST_PORT), port("grpc", GRPC_PORT), port("stats", STATS_PORT)],
        # Envoy starts to listen when it has been told whom to send to; a restart would not hasten that.
        "startupProbe": {"httpGet": ready, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 1800},
        "readinessProbe": {"httpGet": ready, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 3},
        "livenessProbe": {"httpGet": ready, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6},
        "resources": {"requests": _REQUESTS} | resources(tier.spec.gateway.resources),
        "securityContext": container_security(),
        "volumeMounts": [{"name": "config", "mountPath": _CONFIG_PATH, "readOnly": True}],
    }


def _drain(tier: TierContext) -> dict[str, Any]:
    """Asks Envoy to let its clients go when the pod is told to stop, and ends when they are gone.

    Envoy's image may have nothing that could do it, and the kubelet cannot reach the admin interface, which listens
    to the pod itself only. Without it, gRPC clients keep their connection until it breaks under a request.
    """
    return {
        "name": "drain",
        "image": tier.operator.image,
        "command": ["vectortier", "drain-gateway", "--admin", f"127.0.0.1:{ADMIN_PORT}"],
        # Envoy's port, named here too: older Prometheus (seen with 2.42) does not discover the ports of sidecars.
        "ports": [port("stats", STATS_PORT)],
        "resources": SMALL_RESOURCES,
        "securityContext": container_security(),
    }


def _threads(tier: TierContext) -> int:
    """One worker per core that the gateway may use; without a limit, two."""
    limit = tier.spec.gateway.resources.limits.cpu
    return max(1, round(parse_quantity(limit))) if limit else _THREADS
