"""What runs in a cluster, and that each part is asked whether it serves."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cluster.builds.debian import Unpacked
from tests.cluster.components.certificates import Authority, Signed
from tests.cluster.components.control_plane import ControlPlane, Ports, kwok
from tests.cluster.components.node import Node
from tests.cluster.network.addresses import Addresses
from tests.cluster.processes.spec import Ready
from tests.cluster.processes.supervisor import answers

SIGNED = Signed(Path("/x/a.crt"), Path("/x/a.key"))
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kwok")
BINARIES = {name: Path("/bin", name) for name in PROGRAMS}
PLANE = ControlPlane(
    files=Path("/x"),
    data=Path("/x/data"),
    address="198.18.0.2",
    service_range="198.19.0.0/24",
    ports=Ports(),
    authority=Path("/x/ca.crt"),
    serving=SIGNED,
    kubelet_client=SIGNED,
    binaries=BINARIES,
)


def node(folder: Path) -> Node:
    (folder / "bin").mkdir()
    containerd = folder / "bin" / "containerd"
    containerd.touch(mode=0o755)
    return Node(folder, Addresses(0), "mine", Unpacked(folder), BINARIES, SIGNED)


def test_no_component_counts_as_ready_because_it_was_started(tmp_path: Path) -> None:
    components = (*PLANE.components(), *node(tmp_path).components(), kwok(PLANE))
    asked = {component.name: component.ready for component in components}
    assert len(asked) == len(components) == 9
    assert asked["kube-controller-manager"] == Ready(url="https://127.0.0.1:10257/healthz", authority="/x/ca.crt")
    assert asked["kube-scheduler"] == Ready(url="https://127.0.0.1:10259/readyz", authority="/x/ca.crt")
    with pytest.raises(ValueError, match="exactly one"):
        Ready()


def test_what_is_asked_over_https_has_a_certificate_of_the_clusters_authority() -> None:
    for component in PLANE.components():
        if component.ready.url.startswith("https"):
            assert {f"--tls-cert-file={SIGNED.certificate}", f"--tls-private-key-file={SIGNED.key}"} <= {
                *component.argv
            }


def test_every_part_starts_after_what_it_needs(tmp_path: Path) -> None:
    seen: set[str] = set()
    for component in (*PLANE.components(), *node(tmp_path).components(), kwok(PLANE)):
        assert set(component.after) <= seen
        seen.add(component.name)


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 500)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A part that answers over https: its address, and the file of its authority."""
    authority = Authority(tmp_path, dt.datetime.now(dt.UTC))
    signed = authority.server("part", ["127.0.0.1"], ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed.certificate, signed.key)
    with HTTPServer(("127.0.0.1", 0), Healthy) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{http.server_port}", str(authority.certificate)
        http.shutdown()
        thread.join()


def test_a_part_is_ready_when_it_says_so(server: tuple[str, str]) -> None:
    address, authority = server
    assert answers(Ready(url=f"https://{address}/healthz", authority=authority))
    assert not answers(Ready(url=f"https://{address}/readyz", authority=authority))


def test_a_stranger_on_the_port_does_not_count(server: tuple[str, str], tmp_path: Path) -> None:
    address, _ = server
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", dt.datetime.now(dt.UTC))
    assert not answers(Ready(url=f"https://{address}/healthz", authority=str(other.certificate)))
    assert not answers(Ready(url=f"http://{address}/healthz"))
