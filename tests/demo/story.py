"""What the operator said and did during a run, put together from looks at the tier's status. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.demo.phases import AFTER_DELAY_SECONDS, AFTER_SECONDS, Moments
from tests.demo.report import Decision
from tests.demo.timeline import Shape

NO_ACTION = "Hold"


@dataclass(frozen=True, slots=True)
class Look:
    """The tier's status at one moment of the run."""

    time: float
    nodes: int
    copies: int
    serving: int
    operation: str | None
    doing: str
    decisions: Sequence[Decision]

    @property
    def serving_copies(self) -> int:
        """Copies that take searches: one that is complete but not in the serving set does not count yet."""
        return min(self.copies, self.serving)


def look(tier: Mapping[str, Any], now: float, began_at: float) -> Look:
    """Reads a VectorTier object at `now` seconds of a run that began at the Unix time `began_at`."""
    status = tier.get("status", {})
    operation = status.get("operation")
    doing = f"{operation['kind']} {operation['step']}/{operation['steps']} {operation['stepName']}" if operation else ""
    return Look(
        time=now,
        nodes=status.get("nodes", 0),
        copies=status.get("copies", 0),
        serving=status.get("servingNodes", 0),
        operation=operation["id"] if operation else None,
        doing=doing,
        decisions=[
            Decision(
                round(datetime.fromisoformat(one["time"]).timestamp() - began_at, 1),
                one["action"],
                one["reason"],
                one["message"],
            )
            for one in reversed(status.get("decisions", []))
        ],
    )


@dataclass(slots=True)
class Story:
    """Grows with each look. The status keeps only the last ten decisions; the story keeps all that it has seen."""

    shapes: list[Shape] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    first_action: float | None = None
    last_copy_serves: float | None = None
    busy: bool = False
    doing: str = ""
    _most: int = 0

    def see(self, seen: Look) -> None:
        """Takes in one look. Decisions from before the run are left out."""
        self.shapes.append(Shape(seen.time, seen.nodes, seen.serving_copies))
        known = {(one.t, one.action, one.reason) for one in self.decisions}
        self.decisions += [one for one in seen.decisions if one.t >= 0 and (one.t, one.action, one.reason) not in known]
        acted = [one.t for one in self.decisions if one.action != NO_ACTION]
        if acted and self.first_action is None:
            self.first_action = min(acted)
        if self._most and seen.serving_copies > self._most:
            self.last_copy_serves = seen.time
        self._most = max(self._most, seen.serving_copies)
        self.busy, self.doing = seen.operation is not None, seen.doing

    def miss(self, time: float) -> None:
        """The status could not be read: from here on nodes and copies are unknown, until the next look."""
        self.shapes.append(Shape(time, None, None))

    def moments(self, plateau: float | None) -> Moments:
        """The moments that the phases hang on, as far as they have come."""
        return Moments(plateau, self.first_action, self.last_copy_serves)

    def finished(self, now: float) -> bool:
        """Whether nothing is going on and the time after the last copy has been measured."""
        served = self.last_copy_serves
        return served is not None and not self.busy and now >= served + AFTER_DELAY_SECONDS + AFTER_SECONDS
