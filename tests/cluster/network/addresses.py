"""The addresses of a cluster: nobody else on the machine has them.

Everything lies in 198.18.0.0/15, the range for benchmarks, which no real network uses. There are sixteen slots; each
has a link, a range of pods and a range of services of its own, so clusters can run side by side.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from tests.cluster.errors import ClusterError

SLOTS = 16
_PREFERRED = {"demo": 0, "test": 1}


@dataclass(frozen=True)
class Addresses:
    """All addresses of the cluster in one slot (0 to 15)."""

    slot: int

    @property
    def link(self) -> str:
        """The host's end of the link."""
        return f"vtier{self.slot}"

    @property
    def host(self) -> str:
        return f"198.18.{self.slot * 16}.1"

    @property
    def node(self) -> str:
        return f"198.18.{self.slot * 16}.2"

    @property
    def pods(self) -> IPv4Network:
        return IPv4Network(f"198.18.{self.slot * 16 + 8}.0/22")

    @property
    def services(self) -> IPv4Network:
        return IPv4Network(f"198.19.{self.slot}.0/24")

    @property
    def api_service(self) -> str:
        return str(self.services[1])

    @property
    def dns_service(self) -> str:
        return str(self.services[10])

    @property
    def ranges(self) -> tuple[IPv4Network, IPv4Network, IPv4Network]:
        return IPv4Network(f"198.18.{self.slot * 16}.0/30"), self.pods, self.services


def slots_for(name: str) -> Iterator[int]:
    """All slots, the one that belongs to the name first, so that addresses rarely change between runs."""
    first = _PREFERRED.get(name)
    if first is None:
        first = len(_PREFERRED) + zlib.crc32(name.encode()) % (SLOTS - len(_PREFERRED))
    return ((first + step) % SLOTS for step in range(SLOTS))


def choose_addresses(name: str, taken: Collection[IPv4Network], links: Collection[str] = ()) -> Addresses:
    """The first slot whose ranges overlap nothing that is taken, and whose link has a name that is free."""
    for slot in slots_for(name):
        addresses = Addresses(slot)
        free = not any(own.overlaps(other) for own in addresses.ranges for other in taken)
        if free and addresses.link not in links:
            return addresses
    raise ClusterError(
        "All of the addresses in 198.18.0.0/15 are taken on this machine.",
        "Take other local clusters down, or remove the routes to this range (`ip route`).",
    )
