"""The link that joins a cluster's network namespace to the host, and which links and routes the host has already."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from tests.cluster.errors import ClusterError
from tests.cluster.network.addresses import Addresses
from tests.cluster.run import run

NODE_LINK = "node0"


def parse_routes(text: str) -> list[IPv4Network]:
    """The destinations in the output of `ip -json route`, without default routes, which overlap everything."""
    routes = []
    for route in json.loads(text or "[]"):
        destination = route.get("dst", "default")
        if destination != "default":
            routes.append(ipaddress.IPv4Network(destination, strict=False))
    return routes


def routes_of_host() -> list[IPv4Network]:
    return parse_routes(run(["ip", "-json", "-4", "route", "show", "table", "all"], timeout=10))


@dataclass(frozen=True)
class Link:
    """The host's end of a link between namespaces; `label` says whose it is."""

    name: str
    label: str


def parse_links(text: str) -> list[Link]:
    """The links in the output of `ip -json link show type veth`."""
    return [Link(found["ifname"], found.get("ifalias", "")) for found in json.loads(text or "[]")]


def links_of_host() -> list[Link]:
    return parse_links(run(["ip", "-json", "link", "show", "type", "veth"], timeout=10))


def own_links(label: str, remembered: str) -> list[str]:
    """The names of the links that carry a cluster's label.

    The one that its state remembers counts without a label too; with another one it is another cluster's by now.
    """
    return [
        link.name for link in links_of_host() if link.label == label or (link.name == remembered and not link.label)
    ]


def connect(addresses: Addresses, pid: int, label: str) -> None:
    """Joins the namespace of process `pid` to the host, and sends the host's packets for pods and services there."""
    inside = ["nsenter", "--target", str(pid), "--net", "--"]
    link = f"{addresses.link} type veth peer name {NODE_LINK} netns {pid}"
    _ip([], f"link add {link}")
    _ip([], f"link set {addresses.link} alias {label}")
    _ip([], f"address add {addresses.host}/30 dev {addresses.link}")
    _ip([], f"link set {addresses.link} up")
    _ip(inside, "link set lo up")
    _ip(inside, f"address add {addresses.node}/30 dev {NODE_LINK}")
    _ip(inside, f"link set {NODE_LINK} up")
    _ip(inside, f"route add default via {addresses.host}")
    for destination in (addresses.pods, addresses.services):
        _ip([], f"route add {destination} via {addresses.node}")


def disconnect(link: str) -> None:
    """Removes the link with all its routes; one that is gone already is fine."""
    try:
        _ip([], f"link delete {link}")
    except ClusterError as error:
        # The kernel removes it by itself once the namespace is gone, perhaps in this very moment.
        if "Cannot find device" not in str(error):
            raise


def _ip(prefix: Sequence[str], words: str) -> None:
    run([*prefix, "ip", *words.split()], timeout=10)
