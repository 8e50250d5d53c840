"""What a fault is, and what it has to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.invariants import Invariants
from tests.chaos.subject import Direction, Subject
from tests.chaos.toll import Toll

Coverage = dict[str, dict[str, int]]
"""How often something was done at each moment, by direction and moment."""


@dataclass
class Stage:
    """One run: what a fault may touch, and what it leaves behind."""

    subject: Subject
    toll: Toll
    invariants: Invariants
    direction: Direction
    coverage: Coverage
    began: int
    """The number of the first write of this run."""
    is_over: Callable[[], bool]
    """Whether the tier has got the size that it was asked for."""
    hits: list[str] = field(default_factory=list)
    """When and where the fault has struck, in words."""
    broken: list[str] = field(default_factory=list)
    """What must not have happened, in words."""

    def is_due(self, what: str, label: str, round_of: int) -> bool:
        """Whether it is time to do this at a write: all writes come once before any comes again, as far as an operation
        has about `round_of` of them."""
        done = {moment: count for moment, count in self.coverage.get(self.direction, {}).items() if what in moment}
        return done.get(f"{what} {label}", 0) <= sum(done.values()) // round_of

    def note(self, what: str, label: str) -> None:
        """It is done at this write now."""
        moment = f"{what} {label}"
        by_moment = self.coverage.setdefault(self.direction, {})
        by_moment[moment] = by_moment.get(moment, 0) + 1
        self.hits.append(moment)


@dataclass(frozen=True)
class Fault:
    """`strike` waits for the moment, does it, and takes it back where that can be done. It raises MissedError where the
    moment went by."""

    kind: str
    when: str
    direction: Direction
    strike: Callable[[Stage], None]

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.kind}, {self.when}" if self.when else self.kind
