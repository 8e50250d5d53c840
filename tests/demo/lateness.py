"""Whether the load generator itself kept up, so that a bad figure is never its fault unseen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.demo.requestlog import Request


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far behind its own schedule the generator was, in milliseconds: its share in any latency it reports."""

    p99_ms: float
    max_ms: float

    def spoils(self, slo_milliseconds: float) -> bool:
        """Whether latencies against this SLO are the generator's fault as much as the database's."""
        return self.p99_ms > slo_milliseconds / 10


def lateness(requests: Sequence[Request]) -> Lateness | None:
    """None without requests."""
    late = sorted(one.late * 1000 for one in requests)
    return Lateness(late[-(-len(late) * 99 // 100) - 1], late[-1]) if late else None
