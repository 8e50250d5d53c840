"""Bringing the large size up: everything that must exist before its supervisor, and what waits for it after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.cluster.builds.binaries import CONTROL_PLANE, FAKE_NODE, NODE, find_binaries, forget_compiler_cache
from tests.cluster.builds.debian import Unpacked, find_packages
from tests.cluster.components.containerd import Containerd
from tests.cluster.components.control_plane import kwok
from tests.cluster.components.node import Node, control_plane
from tests.cluster.errors import ClusterError
from tests.cluster.images.node_images import find_images
from tests.cluster.kubectl import Kubectl
from tests.cluster.machine import cgroups
from tests.cluster.network.addresses import Addresses, choose_addresses
from tests.cluster.network.links import connect, links_of_host, routes_of_host
from tests.cluster.paths import CHECKOUT, cache_root, label
from tests.cluster.processes.launch import await_component, launch
from tests.cluster.processes.spec import Spec
from tests.cluster.processes.state import ComponentState, State, write_state
from tests.cluster.progress import Progress
from tests.cluster.run import run
from tests.cluster.startup.addons import install_addons

# What containers are made with comes first: images are given to it before kubelet starts any.
_FIRST = ("containerd", "etcd", "kube-apiserver")
_IPTABLES = ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore")


def start_node(name: str, run_dir: Path, progress: Progress) -> None:
    """Starts a whole node in an empty run directory and waits until it runs pods."""
    packages = find_packages(progress)
    binaries = find_binaries((*CONTROL_PLANE, *FAKE_NODE, *NODE), progress)
    forget_compiler_cache()
    archives = find_images(binaries, packages, progress)
    (run_dir / "bin" / "kubectl").symlink_to(binaries["kubectl"])
    links = [link.name for link in links_of_host()]
    addresses = choose_addresses(name, routes_of_host(), links)
    spec = _specification(name, run_dir, addresses, packages, binaries)
    # Whatever ends this from here on, the state tells what to remove.
    components = {component.name: ComponentState() for component in spec.components}
    write_state(run_dir, State(name, spec.size, spec.facts, components))
    cgroups.make(label(run_dir))

    def prepare(pid: int) -> None:
        connect(addresses, pid, label(run_dir))
        choose_iptables(run_dir / "sbin", packages, pid)

    launch(spec, prepare)
    for component in _FIRST:
        await_component(run_dir, component, progress)
    containerd = Containerd(run_dir, packages)
    for archive in archives:
        with progress.step(f"import image {archive.name}"):
            containerd.load(archive.path)
    for component in components:
        if component not in _FIRST:
            await_component(run_dir, component, progress)
    install_addons(Kubectl(run_dir / "bin" / "kubectl", run_dir / "kubeconfig"), addresses, progress)


def _specification(
    name: str, run_dir: Path, addresses: Addresses, packages: Unpacked, binaries: Mapping[str, Path]
) -> Spec:
    plane, kubelet = control_plane(run_dir, addresses, binaries)
    node = Node(run_dir, addresses, label(run_dir), packages, binaries, kubelet)
    node.write_files()
    return Spec(
        name=name,
        size="node",
        run_dir=str(run_dir),
        components=(*plane.components(), *node.components(), kwok(plane)),
        own_namespaces=True,
        keep_visible=(str(cache_root()), str(CHECKOUT)),
        facts={
            "link": addresses.link,
            "host": addresses.host,
            "node": addresses.node,
            "pods": str(addresses.pods),
            "services": str(addresses.services),
        },
    )


def choose_iptables(folder: Path, packages: Unpacked, pid: int) -> None:
    """Makes `iptables` the variant, nft or legacy, that this kernel supports in the namespace of `pid`."""
    folder.mkdir()
    environment = packages.environment
    problems = []
    for variant in ("xtables-nft-multi", "xtables-legacy-multi"):
        program = packages.program(variant)
        inside = ["nsenter", "--target", str(pid), "--net", "--", program]
        try:
            run([*inside, "iptables", "--table", "nat", "--list"], timeout=10, environment=environment)
        except ClusterError as error:
            problems.append(str(error))
            continue
        for command in _IPTABLES:
            (folder / command).symlink_to(program)
        return
    remedy = "Load the kernel module ip_tables or nf_tables."
    raise ClusterError("This kernel has no usable iptables.", remedy, "\n".join(problems))
