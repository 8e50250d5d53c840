"""The small size: a control plane on loopback with a make-believe node. Needs no root and starts in seconds."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import fields
from pathlib import Path

from tests.cluster.builds.binaries import CONTROL_PLANE, FAKE_NODE, find_binaries
from tests.cluster.components.certificates import Authority, service_account_key
from tests.cluster.components.control_plane import ControlPlane, Ports, kwok
from tests.cluster.components.credentials import write_credentials
from tests.cluster.kubectl import Kubectl, await_true
from tests.cluster.network.ports import ADDRESS, choose_ports
from tests.cluster.processes.launch import await_component, launch
from tests.cluster.processes.spec import Spec
from tests.cluster.progress import Progress

_FAKE_NODE = Path(__file__).resolve().parent / "manifests" / "fake-node.yaml"
# Nothing routes there: the fake node runs no pod and serves no ClusterIP.
_SERVICES = "198.19.240.0/20"
_FIRST_SERVICE = "198.19.240.1"


def start_loopback(name: str, run_dir: Path, progress: Progress) -> None:
    """Starts the control plane in an empty run directory and waits until pods would be scheduled."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    binaries = find_binaries((*CONTROL_PLANE, *FAKE_NODE), progress, Path(assets) if assets else None)
    (run_dir / "bin" / "kubectl").symlink_to(binaries["kubectl"])
    authority = Authority(run_dir, dt.datetime.now(dt.UTC))
    names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    plane = ControlPlane(
        files=run_dir,
        data=run_dir / "data",
        address=ADDRESS,
        service_range=_SERVICES,
        ports=Ports(*choose_ports([field.name.replace("_", " ") for field in fields(Ports)])),
        authority=authority.certificate,
        serving=authority.server("apiserver", (ADDRESS, _FIRST_SERVICE), names),
        kubelet_client=authority.client("kubelet-client", "kube-apiserver", "system:masters"),
        binaries=binaries,
    )
    service_account_key(run_dir / "service-accounts.key")
    write_credentials(run_dir, plane.server, authority.certificate)
    components = (*plane.components(), kwok(plane))
    launch(Spec(name, "control-plane", str(run_dir), components))
    for component in components:
        await_component(run_dir, component.name, progress)
    _add_fake_node(Kubectl(run_dir / "bin" / "kubectl", run_dir / "kubeconfig"), progress)


def _add_fake_node(kubectl: Kubectl, progress: Progress) -> None:
    with progress.step("add a make-believe node"):
        kubectl.apply(_FAKE_NODE)
        condition = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
        await_true("A Ready node", lambda: kubectl("get", "node", "fake-1", "-o", condition) == "True", 30)
        # Pods are refused until the controller manager has made it.
        account = ("get", "serviceaccount", "default", "--namespace=default", "-o", "name")
        await_true("The default ServiceAccount", lambda: bool(kubectl(*account)), 30)
