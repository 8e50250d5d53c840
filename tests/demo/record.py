"""What a run has recorded, whatever came of it: all that the report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.demo.checksum import Contents
from tests.demo.phases import Moments
from tests.demo.requestlog import Request
from tests.demo.timeline import Shape


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that the operator decided, at `t` seconds of the run."""

    t: float
    action: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the demo and how long it took; `cached` where its result was there already."""

    name: str
    seconds: float
    cached: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run has recorded. Times are seconds since the load began."""

    slo_milliseconds: int
    seed: int
    offered_qps: float | None
    one_copy_capacity_qps: float | None
    end: float
    requests: Sequence[Request]
    moments: Moments
    low_qps: float | None = None
    """What the load fell to; None where it did not."""
    shapes: Sequence[Shape] = ()
    retries: Sequence[tuple[float, float]] = ()
    decisions: Sequence[Decision] = ()
    before: Contents | None = None
    after: Contents | None = None
    steps: Sequence[Step] = ()
    damping: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    stalls: Sequence[float] = ()
    trouble: str = ""
    """Why the run ended early; empty where it did not."""
