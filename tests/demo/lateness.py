"""Whether the load generator itself kept up, so that a bad figure is never its fault unseen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.demo.requestlog import Request


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far behind its own schedule the generator was, in milliseconds: its share in any latency it reports."""

    p99_ms: float
    max_ms: float


def lateness(requests: Sequence[Request]) -> Lateness | None:
    """None without requests."""
    late = sorted(one.late * 1000 for one in requests)
    return Lateness(late[-(-len(late) * 99 // 100) - 1], late[-1]) if late else None


def as_sent(requests: Sequence[Request]) -> list[Request]:
    """The same requests with latency counted from when they left: what remains is not the generator's doing."""
    return [replace(one, due=one.due + one.late, late=0.0) for one in requests]
