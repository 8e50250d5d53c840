"""The operator and the demo's tier in a cluster: installed from the project's own manifests, found, started afresh."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import Cluster, ClusterError
from tests.cluster.external import ExternalCluster
from tests.demo.database import Address
from tests.demo.kube import NAMESPACE, TIER
from tests.demo.machine import CHECKOUT
from tests.yamlfiles import load
from vectortier.decide.rules.gates import PAUSE_ANNOTATION

EXAMPLE = CHECKOUT / "manifests" / "examples" / "demo.yaml"
INSTALL = Path(__file__).resolve().parent / "install"
READY_SECONDS = 180.0
GONE_SECONDS = 90.0
ROLLOUT_SECONDS = 120
SCALE_IN_WINDOW_SECONDS = 180
"""The load has to be low for one such window and the tier too large for another. Together they take about as long as is
left, when the load falls, of the ten minutes in which the operator undoes no change: shorter, a second scale-in could
begin while what the first has left is measured; longer, the demo takes longer."""
_NAMESPACE = f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {NAMESPACE}}}}}"

Say = Callable[[str], None]
AnyCluster = Cluster | ExternalCluster


def install_operator(cluster: AnyCluster, say: Say) -> None:
    """Custom resources, operator and what it may do in the demo's namespace; returns when the operator is available."""
    system = ("-n", "vectortier-system")
    was_there = cluster.kubectl(*system, "get", "deployment", "vectortier", "--ignore-not-found", "-o", "name")
    cluster.kubectl.apply(_NAMESPACE)
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-k", str(INSTALL))
    if was_there:  # its image may have been built anew under the same tag
        cluster.kubectl(*system, "rollout", "restart", "deployment/vectortier")
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "vectortiers.vectortier.dev")
    say("waiting for the operator")
    try:
        cluster.kubectl(
            *system,
            "rollout",
            "status",
            "deployment/vectortier",
            f"--timeout={ROLLOUT_SECONDS}s",
            timeout=ROLLOUT_SECONDS + 10,
        )
    except ClusterError as error:
        logs = cluster.kubectl(*system, "logs", "deployment/vectortier", "--tail=5")
        raise ClusterError(f"The operator did not become available. Its last lines: {logs}", str(error)) from error


def remove_tier(cluster: AnyCluster) -> None:
    """Removes the tier of an earlier run and waits until its pods and volumes are gone."""
    cluster.kubectl(
        *("-n", NAMESPACE, "delete", "vectortier", TIER, "--ignore-not-found", f"--timeout={GONE_SECONDS:.0f}s"),
        timeout=GONE_SECONDS + 10,
    )
    selector = f"vectortier.dev/tier={TIER}"
    _await(
        "The tier of the last run is still being removed",
        lambda: not _names(cluster, "pods", selector) and not _names(cluster, "persistentvolumeclaims", selector),
        GONE_SECONDS,
    )


def manifest() -> dict[str, Any]:
    """The example, with a shorter wait before nodes are taken away: the demo ends sooner than a tier does."""
    made: dict[str, Any] = load(EXAMPLE.read_text())
    made["spec"]["damping"]["scaleIn"] = {"stabilizationWindowSeconds": SCALE_IN_WINDOW_SECONDS}
    return made


def create_tier(cluster: AnyCluster, say: Say) -> dict[str, Any]:
    """Applies the tier as a user would and returns it when it is Ready."""
    cluster.kubectl("apply", "-f", "-", text=json.dumps(manifest()))

    def ready() -> bool:
        conditions = read_tier(cluster).get("status", {}).get("conditions", [])
        found = next((one for one in conditions if one["type"] == "Ready"), None)
        if found:
            say(found["message"])
        return found is not None and found["status"] == "True"

    _await(f"The tier is not Ready; `kubectl -n {NAMESPACE} describe vt {TIER}` says why", ready, READY_SECONDS)
    return read_tier(cluster)


def read_tier(cluster: AnyCluster) -> dict[str, Any]:
    """The VectorTier object."""
    return _get(cluster, "vectortier", TIER)


def pause(cluster: AnyCluster, paused: bool) -> None:
    """Have the operator watch the tier without acting on it, or act again."""
    value = "true" if paused else None
    change = json.dumps({"metadata": {"annotations": {PAUSE_ANNOTATION: value}}})
    cluster.kubectl("-n", NAMESPACE, "patch", "vectortier", TIER, "--type=merge", "-p", change)


@contextmanager
def front_door(cluster: AnyCluster) -> Iterator[Address]:
    """Where and with which key clients reach the tier while the block runs."""
    secret = _get(cluster, "secret", f"{TIER}-keys")
    key = base64.b64decode(secret["data"]["api-key"]).decode()
    service = f"service/{TIER}"
    with cluster.reach(NAMESPACE, service, 8080) as rest, cluster.reach(NAMESPACE, service, 50051) as grpc:
        host, rest_port = rest.rsplit(":", 1)
        yield Address(host, int(rest_port), int(grpc.rsplit(":", 1)[1]), key)


def _get(cluster: AnyCluster, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cluster.kubectl("-n", NAMESPACE, "get", kind, name, "-o", "json"))
    return found


def _names(cluster: AnyCluster, kind: str, selector: str) -> list[str]:
    return cluster.kubectl("-n", NAMESPACE, "get", kind, "-l", selector, "-o", "name").split()


def _await(otherwise: str, is_so: Callable[[], bool], timeout: float) -> None:
    end = time.monotonic() + timeout
    while not is_so():
        if time.monotonic() > end:
            raise ClusterError(f"{otherwise} (waited {timeout:.0f} s).")
        time.sleep(1.0)
