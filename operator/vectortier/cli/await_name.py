"""`vectortier await-name`: holds a Weaviate node back until the names that it looks up can be found.

Weaviate looks up the other nodes once, at its start. A node that starts before its names are published, or before
the only voter listens, finds nobody and stays alone.
"""

import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import click

_LOOK_AGAIN_SECONDS = 0.5
_CONNECT_SECONDS = 2.0

# How long a voter waits for the names of the other voters before it starts without them: when one of three is gone
# for good, the other two must still be able to restart. Weaviate then looks for it by itself.
VOTER_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Network:
    """What can be asked of the network; functions, so that it can be played."""

    resolve: Callable[[str], frozenset[str]]
    connects: Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Start:
    """The start of one node: its own name and address, and the voters' names and gossip port."""

    own: str
    address: str
    voters: tuple[str, ...]
    port: int

    @property
    def other_voters(self) -> tuple[str, ...]:
        return tuple(voter for voter in self.voters if voter != self.own)


def missing(start: Start, network: Network, waited_seconds: float) -> str | None:
    """What the node still has to wait for, or None when it may start.

    A node that does not vote waits until a voter listens: with one voter, Weaviate never looks for the others again.
    Voters cannot wait for each other to listen, so they wait for names only.
    """
    if start.address not in network.resolve(start.own):
        return f"{start.own} does not lead to {start.address} yet"
    if start.own not in start.voters:
        if any(network.connects(voter, start.port) for voter in start.voters):
            return None
        return f"no voter listens on port {start.port} yet: {', '.join(start.voters)}"
    unnamed = [voter for voter in start.other_voters if not network.resolve(voter)]
    if unnamed and waited_seconds < VOTER_PATIENCE_SECONDS:
        return f"not published yet: {', '.join(unnamed)}"
    return None


@click.command("await-name")
@click.option("--own", required=True, help="Host name of this node.")
@click.option("--address", required=True, help="Address that the host name has to lead to.")
@click.option("--voter", "voters", required=True, multiple=True, help="Host name of a node that votes.")
@click.option("--port", required=True, type=click.IntRange(1, 65535), help="Gossip port of the nodes.")
@click.option("--timeout-seconds", default=300, show_default=True, type=click.IntRange(1), help="Fail after this.")
def await_name(own: str, address: str, voters: tuple[str, ...], port: int, timeout_seconds: int) -> None:
    """Wait until this node and a voter can be found; for the init container of a Weaviate pod."""
    # The first process of a container is not ended by a signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    start = Start(own=own, address=address, voters=voters, port=port)
    network = Network(resolve=_resolve, connects=_connects)
    began = time.monotonic()
    said = ""
    while (lacking := missing(start, network, time.monotonic() - began)) is not None:
        if time.monotonic() - began > timeout_seconds:
            raise click.ClickException(
                f"gave up after {timeout_seconds} s: {lacking}. Check the join Service and the cluster's DNS."
            )
        if lacking != said:
            click.echo(f"waiting: {lacking}")
            said = lacking
        time.sleep(_LOOK_AGAIN_SECONDS)
    click.echo(f"found after {time.monotonic() - began:.1f} s")


def _resolve(host: str) -> frozenset[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return frozenset()
    return frozenset(str(entry[4][0]) for entry in found)


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
