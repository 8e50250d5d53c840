"""What the operator said and did during a run, put together from looks at the tier's status. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.demo.phases import AFTER_DELAY_SECONDS, AFTER_SECONDS, Moments
from tests.demo.record import Decision
from tests.demo.timeline import Shape

NO_ACTION = "Hold"
SCALE_IN = "ScaleIn"


@dataclass(frozen=True, slots=True)
class Look:
    """The tier's status at one moment of the run."""

    time: float
    nodes: int
    copies: int
    serving: int
    operation: str | None
    """Its kind; None while none is under way."""
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
        operation=operation["kind"] if operation else None,
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
    scaled_in: float | None = None
    """When the last scale-in had ended that left fewer nodes. One that was reversed leaves as many as there were."""
    operation: str | None = None
    """The kind of what is under way."""
    doing: str = ""
    _most: int = 0
    _shrinks_from: int | None = None

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
        self._follow_scale_in(seen)
        self.operation, self.doing = seen.operation, seen.doing

    def miss(self, time: float) -> None:
        """The status could not be read: from here on nodes and copies are unknown, until the next look."""
        self.shapes.append(Shape(time, None, None))

    def moments(self, plateau: float | None, load_fell: float | None = None) -> Moments:
        """The moments that the phases hang on, as far as they have come. A scale-in counts once the load has fallen:
        what an earlier one left says nothing of a lower load."""
        counts = load_fell is not None and self.scaled_in is not None and self.scaled_in > load_fell
        scaled_in = self.scaled_in if counts else None
        return Moments(plateau, self.first_action, self.last_copy_serves, load_fell, scaled_in)

    def measured(self, since: float | None, now: float) -> bool:
        """Whether nothing is going on and the time after that moment has been measured."""
        return since is not None and self.operation is None and now >= since + AFTER_DELAY_SECONDS + AFTER_SECONDS

    def _follow_scale_in(self, seen: Look) -> None:
        if seen.operation == SCALE_IN:
            self._shrinks_from = seen.nodes if self._shrinks_from is None else self._shrinks_from
        elif self._shrinks_from is not None:
            if seen.nodes < self._shrinks_from:
                self.scaled_in = seen.time
            self._shrinks_from = None
