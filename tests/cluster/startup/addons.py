"""What a node needs besides Kubernetes itself: DNS, storage, Prometheus. Installed like anything else, by kubectl."""

from __future__ import annotations

from pathlib import Path
from string import Template

from tests.cluster.components import targets
from tests.cluster.errors import ClusterError
from tests.cluster.images.node_images import BUSYBOX_NAME, COREDNS_NAME, PROMETHEUS_NAME, PROVISIONER_NAME
from tests.cluster.kubectl import Kubectl, await_true
from tests.cluster.network.addresses import Addresses
from tests.cluster.processes.isolation import HOME
from tests.cluster.progress import Progress
from tests.cluster.startup.diagnosis import unready_pods

_MANIFESTS = Path(__file__).resolve().parent / "manifests"
_READY_SECONDS = 90
_DEPLOYMENTS = (("kube-system", "coredns"), ("local-path-storage", "provisioner"), ("monitoring", "prometheus"))


def install_addons(kubectl: Kubectl, addresses: Addresses, progress: Progress) -> None:
    """Applies the manifests and waits until everything in them is ready."""
    values = {
        "COREDNS_IMAGE": COREDNS_NAME,
        "DNS_SERVICE": addresses.dns_service,
        "BUSYBOX_IMAGE": BUSYBOX_NAME,
        "PROVISIONER_IMAGE": PROVISIONER_NAME,
        "PROMETHEUS_IMAGE": PROMETHEUS_NAME,
        "VOLUMES": str(HOME / "volumes"),
        "NODE": addresses.node,
        "TARGETS": f"http://{addresses.node}:{targets.PORT}",
    }
    with progress.step("install DNS, storage and Prometheus"):
        for name in ("coredns", "storage", "prometheus"):
            kubectl.apply(_filled((_MANIFESTS / f"{name}.yaml").read_text(), values))
    with progress.step("wait for the node") as step:
        condition = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}"
        await_true("A Ready node", lambda: kubectl("get", "nodes", "-o", condition) == "True", _READY_SECONDS)
        for namespace, name in _DEPLOYMENTS:
            step.say(f"{namespace}/{name}")
            await_deployment(kubectl, namespace, name)


def await_deployment(kubectl: Kubectl, namespace: str, name: str) -> None:
    """Waits until a Deployment is available; the error says what its pods are waiting for."""
    words = ("rollout", "status", f"deployment/{name}", f"--namespace={namespace}", f"--timeout={_READY_SECONDS}s")
    try:
        kubectl(*words, timeout=_READY_SECONDS + 10)
    except ClusterError:
        problem = f"{namespace}/{name} did not become ready within {_READY_SECONDS} s."
        raise ClusterError(problem, "Its pods say why.", unready_pods(kubectl, namespace)) from None


def _filled(manifest: str, values: dict[str, str]) -> str:
    """The manifest with ${NAME} filled in; other dollar signs, as in shell scripts and rules, stay."""
    return Template(manifest).safe_substitute(values)
