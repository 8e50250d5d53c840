"""Command lines of etcd, kube-apiserver, kube-controller-manager and kube-scheduler, for both sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.components.certificates import Signed
from tests.cluster.processes.spec import Component, Ready

_STAGES = Path(__file__).resolve().parent / "kwok-stages.yaml"


@dataclass(frozen=True)
class Ports:
    """Where the parts listen. On a node they are the usual ones, on loopback whatever is free."""

    apiserver: int = 6443
    etcd: int = 2379
    etcd_peer: int = 2380
    controller_manager: int = 10257
    scheduler: int = 10259
    kwok: int = 10247


@dataclass(frozen=True)
class ControlPlane:
    """Everything that the command lines depend on. `files` holds certificates and kubeconfigs."""

    files: Path
    data: Path
    address: str
    service_range: str
    ports: Ports
    authority: Path
    serving: Signed
    kubelet_client: Signed
    binaries: Mapping[str, Path]

    @property
    def server(self) -> str:
        return f"https://{self.address}:{self.ports.apiserver}"

    def components(self) -> tuple[Component, ...]:
        return (self._etcd(), self._apiserver(), self._controller_manager(), self._scheduler())

    def _etcd(self) -> Component:
        client = f"http://127.0.0.1:{self.ports.etcd}"
        peer = f"http://127.0.0.1:{self.ports.etcd_peer}"
        return Component(
            "etcd",
            (
                str(self.binaries["etcd"]),
                f"--data-dir={self.data / 'etcd'}",
                f"--listen-client-urls={client}",
                f"--advertise-client-urls={client}",
                f"--listen-peer-urls={peer}",
                f"--initial-advertise-peer-urls={peer}",
                f"--initial-cluster=default={peer}",
                # The cluster does not outlive a power cut anyway.
                "--unsafe-no-fsync",
                "--log-level=warn",
            ),
            Ready(url=f"{client}/health"),
        )

    def _apiserver(self) -> Component:
        key = self.files / "service-accounts.key"
        argv = [
            str(self.binaries["kube-apiserver"]),
            f"--etcd-servers=http://127.0.0.1:{self.ports.etcd}",
            f"--bind-address={self.address}",
            f"--advertise-address={self.address}",
            f"--secure-port={self.ports.apiserver}",
            *self._tls,
            f"--service-cluster-ip-range={self.service_range}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={self.files / 'tokens.csv'}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            # Without it `kubectl logs` asks a DNS server for the node's name.
            "--kubelet-preferred-address-types=InternalIP",
            f"--kubelet-certificate-authority={self.authority}",
            f"--kubelet-client-certificate={self.kubelet_client.certificate}",
            f"--kubelet-client-key={self.kubelet_client.key}",
        ]
        if self.address.startswith("127."):
            # The API server refuses to publish a loopback address as its own endpoint.
            argv.append("--endpoint-reconciler-type=none")
        ready = Ready(url=f"{self.server}/readyz", authority=str(self.authority))
        return Component("kube-apiserver", tuple(argv), ready, after=("etcd",))

    @property
    def _tls(self) -> tuple[str, str]:
        """One certificate serves every part that listens on this machine."""
        return f"--tls-cert-file={self.serving.certificate}", f"--tls-private-key-file={self.serving.key}"

    def _healthy(self, port: int, path: str) -> Ready:
        return Ready(url=f"https://127.0.0.1:{port}/{path}", authority=str(self.authority))

    def _controller_manager(self) -> Component:
        return Component(
            "kube-controller-manager",
            (
                str(self.binaries["kube-controller-manager"]),
                f"--kubeconfig={self.files / 'controller-manager.kubeconfig'}",
                f"--root-ca-file={self.authority}",
                f"--service-account-private-key-file={self.files / 'service-accounts.key'}",
                "--use-service-account-credentials=true",
                "--leader-elect=false",
                "--allocate-node-cidrs=false",
                "--bind-address=127.0.0.1",
                f"--secure-port={self.ports.controller_manager}",
                *self._tls,
            ),
            self._healthy(self.ports.controller_manager, "healthz"),
            after=("kube-apiserver",),
        )

    def _scheduler(self) -> Component:
        return Component(
            "kube-scheduler",
            (
                str(self.binaries["kube-scheduler"]),
                f"--kubeconfig={self.files / 'scheduler.kubeconfig'}",
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
                f"--secure-port={self.ports.scheduler}",
                *self._tls,
            ),
            # Unlike /healthz it waits until the scheduler has seen the nodes and pods that there are.
            self._healthy(self.ports.scheduler, "readyz"),
            after=("kube-apiserver",),
        )


def kwok(plane: ControlPlane) -> Component:
    """The simulator that makes pods on annotated nodes look as if they ran.

    It leaves every other node, and the pods there, to their kubelet, so it does no harm beside a real one.
    """
    argv = (
        str(plane.binaries["kwok"]),
        f"--kubeconfig={plane.files / 'kubeconfig'}",
        f"--config={_STAGES}",
        "--manage-all-nodes=false",
        f"--manage-nodes-with-annotation-selector={FAKE_NODE_ANNOTATION}",
        # Its pods' addresses lead nowhere, and are nobody else's (network/addresses.py).
        "--cidr=198.19.128.0/20",
        f"--server-address=127.0.0.1:{plane.ports.kwok}",
        "--node-lease-duration-seconds=40",
    )
    # Its settings of the person who runs this, in the home folder, are none of our business.
    home = {"HOME": str(plane.data)}
    ready = Ready(url=f"http://127.0.0.1:{plane.ports.kwok}/healthz")
    return Component("kwok", argv, ready, after=("kube-apiserver",), environment=home)


FAKE_NODE_ANNOTATION = "kwok.x-k8s.io/node=fake"
