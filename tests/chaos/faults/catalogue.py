"""Every fault there is."""

from __future__ import annotations

from functools import partial

from tests.chaos.faults.answers import ChangesUnanswered, EveryThirdRefused, Meddling, OldPlacement, late
from tests.chaos.faults.answers import ready_too_early as ready
from tests.chaos.faults.api_server import hangs
from tests.chaos.faults.disks import full
from tests.chaos.faults.fault import Fault, Stage
from tests.chaos.faults.nodes import node_faults
from tests.chaos.faults.operators import dies, stands_still
from tests.chaos.subject import Direction

OPERATOR_DIES, OPERATOR_STOPPED, NOTHING = "operator killed", "operator stopped and woken", "nothing"
_BEGIN = {
    Direction.UPGRADE: "RestartNode",
    Direction.OUT: "Copy",
    Direction.RESTART: "RestartNode",
    Direction.IN: "DropCopy",
}


def catalogue() -> list[Fault]:
    """Those that are rarest first."""
    found = []
    for direction in Direction:
        step = _BEGIN[direction]
        found += [
            Fault(NOTHING, "", direction, _nothing),
            Fault(OPERATOR_DIES, "at its writes", direction, dies),
            Fault(OPERATOR_STOPPED, "before a write", direction, stands_still),
            Fault("API server hangs", step, direction, partial(hangs, step)),
            Fault("answers late", step, direction, Meddling(step, lambda: late)),
            Fault("answers refused", step, direction, Meddling(step, EveryThirdRefused)),
        ]
    for direction in (Direction.OUT, Direction.IN):
        step = _BEGIN[direction]
        found += [
            Fault("answers lost", step, direction, Meddling(step, ChangesUnanswered)),
            Fault("placement out of date", step, direction, Meddling(step, OldPlacement)),
        ]
    found.append(Fault("READY told too early", "Copy", Direction.OUT, Meddling("Copy", lambda: ready)))
    found.append(Fault("target's disk full", "Copy", Direction.OUT, full))
    return found + node_faults()


def _nothing(stage: Stage) -> None:
    """What the others are compared with."""
    stage.hits.append("undisturbed")
