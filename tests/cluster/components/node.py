"""The large size: a control plane and one real node, all in namespaces of their own. Needs root."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.builds.debian import Unpacked
from tests.cluster.components import targets
from tests.cluster.components.certificates import Authority, Signed, service_account_key
from tests.cluster.components.control_plane import ControlPlane, Ports
from tests.cluster.components.credentials import NODE_NAME, write_credentials
from tests.cluster.images.node_images import PAUSE_NAME
from tests.cluster.images.oci import full_name
from tests.cluster.network.addresses import Addresses
from tests.cluster.processes.isolation import HOME
from tests.cluster.processes.spec import Component, Ready

SOCKET = "/run/containerd/containerd.sock"


@dataclass(frozen=True)
class Node:
    """What the parts of a node are configured from. Paths are those inside the cluster's namespaces."""

    run_dir: Path
    addresses: Addresses
    cgroup: str
    packages: Unpacked
    binaries: Mapping[str, Path]
    serving: Signed

    def components(self) -> tuple[Component, ...]:
        return (self._containerd(), self._kubelet(), self._proxy(), self._targets())

    def write_files(self) -> None:
        """Writes what containerd, kubelet and the network plugins read."""
        plugins = self.run_dir / "cni"
        plugins.mkdir()
        (plugins / "10-pods.conflist").write_text(json.dumps(_pod_network(self.addresses)))
        (self.run_dir / "containerd.toml").write_text(self._containerd_config())
        (self.run_dir / "kubelet.json").write_text(json.dumps(self._kubelet_config(), indent=1))

    @property
    def _environment(self) -> dict[str, str]:
        own = self.packages.environment
        # Here and only here `iptables` must be the variant that works with this kernel.
        return {**own, "PATH": f"{HOME / 'sbin'}:{own['PATH']}"}

    def _containerd(self) -> Component:
        argv = (str(self.packages.program("containerd")), "--config", str(HOME / "containerd.toml"))
        return Component("containerd", argv, Ready(socket=SOCKET), environment=self._environment)

    def _kubelet(self) -> Component:
        argv = (
            str(self.binaries["kubelet"]),
            f"--config={HOME / 'kubelet.json'}",
            f"--kubeconfig={HOME / 'node.kubeconfig'}",
            f"--hostname-override={NODE_NAME}",
            f"--node-ip={self.addresses.node}",
            f"--root-dir={HOME / 'kubelet'}",
            # As often as Prometheus asks.
            "--housekeeping-interval=5s",
        )
        ready = Ready(url="http://127.0.0.1:10248/healthz")
        after = ("kube-apiserver", "containerd")
        return Component("kubelet", argv, ready, after=after, environment=self._environment)

    def _proxy(self) -> Component:
        argv = (
            str(self.binaries["kube-proxy"]),
            f"--kubeconfig={HOME / 'proxy.kubeconfig'}",
            f"--hostname-override={NODE_NAME}",
            f"--cluster-cidr={self.addresses.pods}",
            "--proxy-mode=iptables",
            # The connection table's limits belong to the host and stay as they are.
            "--conntrack-max-per-core=0",
            "--conntrack-tcp-timeout-established=0",
            "--conntrack-tcp-timeout-close-wait=0",
        )
        ready = Ready(url="http://127.0.0.1:10256/livez")
        return Component("kube-proxy", argv, ready, after=("kubelet",), environment=self._environment)

    def _targets(self) -> Component:
        address = (self.addresses.node, str(targets.PORT))
        argv = (sys.executable, "-m", targets.__name__, str(HOME / "targets.kubeconfig"), *address)
        ready = Ready(url=f"http://{address[0]}:{address[1]}/healthz")
        return Component("targets", argv, ready, after=("kube-apiserver",))

    def _containerd_config(self) -> str:
        plugins = self.packages.find("usr/lib/cni")
        return f"""\
version = 2
root = "{HOME}/containerd"
state = "/run/containerd"
[grpc]
address = "{SOCKET}"
[plugins."io.containerd.internal.v1.opt"]
path = "{HOME}/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{full_name(PAUSE_NAME)}"
# A machine without CAP_SYS_RESOURCE cannot lower the score.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "{snapshotter(self.run_dir)}"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{plugins}"
conf_dir = "{HOME}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
"""

    def _kubelet_config(self) -> dict[str, object]:
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True, "cacheTTL": "2m0s"},
                "x509": {"clientCAFile": str(HOME / "ca.crt")},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": str(HOME / self.serving.certificate.name),
            "tlsPrivateKeyFile": str(HOME / self.serving.key.name),
            "containerRuntimeEndpoint": f"unix://{SOCKET}",
            "clusterDNS": [self.addresses.dns_service],
            "clusterDomain": "cluster.local",
            "resolvConf": "",
            "podLogsDir": str(HOME / "pod-logs"),
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{self.cgroup}",
            "failCgroupV1": False,
            "enforceNodeAllocatable": [],
            "failSwapOn": False,
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            # Nothing could pull an image again.
            "imageGCHighThresholdPercent": 100,
            "registryPullQPS": 0,
            "serializeImagePulls": False,
            "shutdownGracePeriod": "0s",
            "nodeStatusUpdateFrequency": "5s",
        }


def _pod_network(addresses: Addresses) -> dict[str, object]:
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "hairpinMode": True,
        "ipMasq": True,
        "ipam": {
            "type": "host-local",
            "dataDir": str(HOME / "cni-addresses"),
            "ranges": [[{"subnet": str(addresses.pods)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge, ports]}


def snapshotter(folder: Path) -> str:
    """How containerd stacks layers: overlayfs, unless the folder is on an overlay itself (in a container)."""
    device = os.stat(folder).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[2] == wanted and fields[fields.index("-") + 1] == "overlay":
            return "native"
    return "overlayfs"


def control_plane(run_dir: Path, addresses: Addresses, binaries: Mapping[str, Path]) -> tuple[ControlPlane, Signed]:
    """Makes keys and tokens, and the control plane that uses them; the second value is for kubelet's own server."""
    authority = Authority(run_dir, dt.datetime.now(dt.UTC))
    names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    serving = authority.server("apiserver", (addresses.node, addresses.api_service, "127.0.0.1"), names)
    kubelet = authority.server("kubelet", (addresses.node, "127.0.0.1"), (NODE_NAME,))
    client = authority.client("kubelet-client", "kube-apiserver", "system:masters")
    service_account_key(run_dir / "service-accounts.key")
    write_credentials(run_dir, f"https://{addresses.node}:{Ports().apiserver}", authority.certificate)
    plane = ControlPlane(
        files=HOME,
        data=HOME / "data",
        address=addresses.node,
        service_range=str(addresses.services),
        ports=Ports(),
        authority=HOME / authority.certificate.name,
        serving=Signed(HOME / serving.certificate.name, HOME / serving.key.name),
        kubelet_client=Signed(HOME / client.certificate.name, HOME / client.key.name),
        binaries=binaries,
    )
    return plane, kubelet
