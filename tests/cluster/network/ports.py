"""Ports of loopback: free ones, and who has one that is not."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.cluster.errors import ClusterError

ADDRESS = "127.0.0.1"
# For somebody who wants the same ports every time, say behind a firewall.
VARIABLE = "VECTORTIER_FIRST_PORT"
_LISTENING = "0A"
_OWN = (10_000, 20_000)
_TRIES = 200


def choose_ports(purposes: Sequence[str]) -> list[int]:
    """A port for each purpose: any that are free, or those in a row from VECTORTIER_FIRST_PORT on.

    Raises ClusterError naming the first one that is taken, and by whom.
    """
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return free_ports(len(purposes))
    first = int(wanted) if wanted.isdigit() else 0
    if not 0 < first <= 65_536 - len(purposes):
        problem = f"{VARIABLE}={wanted} leaves no {len(purposes)} ports in a row."
        raise ClusterError(problem, "Set it to a number between 1024 and 65000, or unset it.")
    chosen = [first + place for place in range(len(purposes))]
    for port, purpose in zip(chosen, purposes, strict=True):
        _require_free(port, purpose)
    return chosen


def taken(port: int, purpose: str) -> ClusterError:
    """What to say of a port that somebody else has."""
    owner = holder(port)
    fixed = bool(os.environ.get(VARIABLE))
    other = f"set {VARIABLE} to another one" if fixed else "run the command again, which takes other ports"
    remedy = f"End that program, or {other}." if owner else f"{other[0].upper()}{other[1:]}."
    by = f" by {owner}" if owner else ""
    return ClusterError(f"Port {ADDRESS}:{port}, which {purpose} needs, is taken{by}.", remedy)


def holder(port: int) -> str:
    """Who listens on a port, as `name (process 12)`; empty if nobody does."""
    rows = [line.split() for table in ("tcp", "tcp6") for line in _lines(Path("/proc/net", table))[1:]]
    sockets = {
        f"socket:[{row[9]}]" for row in rows if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port
    }
    if not sockets:
        return ""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _has_open(folder, sockets):
            return f"{' '.join(_lines(folder / 'comm'))} (process {folder.name})"
    return "a program of another user"


def _has_open(process: Path, sockets: set[str]) -> bool:
    try:
        return any(os.readlink(handle) in sockets for handle in (process / "fd").iterdir())
    except OSError:
        return False  # not ours to look at, or gone meanwhile


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _require_free(port: int, purpose: str) -> None:
    with socket.socket() as one:
        # As servers do: what is left of an ended connection stands in nobody's way.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((ADDRESS, port))
        except PermissionError:
            problem = f"Port {ADDRESS}:{port}, which {purpose} needs, is reserved for root."
            raise ClusterError(problem, f"Set {VARIABLE} to 1024 or more.") from None
        except OSError:
            raise taken(port, purpose) from None


def free_ports(count: int, address: str = ADDRESS) -> list[int]:
    """Ports of this machine that are free now, all different. Raises ClusterError when there are not so many.

    They lie below those that the kernel gives to the near ends of connections: one of these may be gone before the
    server that is to listen on it has started.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in _candidates():
            one = held.enter_context(socket.socket())
            with suppress(OSError):
                one.bind((address, port))
                found.append(one.getsockname()[1])
            if len(found) == count:
                return found
    raise ClusterError(f"{count} ports of {address} cannot be had.", "End programs that hold many of them.")


def _candidates() -> list[int]:
    """Ports to try, in any order: two that ask at the same time rarely meet. 0 lets the kernel choose."""
    first, end = _OWN
    own = range(first, min(end, _first_of_connections()))
    return random.sample(own, min(len(own), _TRIES)) + [0] * _TRIES


def _first_of_connections() -> int:
    found = _lines(Path("/proc/sys/net/ipv4/ip_local_port_range"))
    return int(found[0].split()[0]) if found else 0
