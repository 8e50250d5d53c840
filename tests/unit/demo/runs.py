"""Runs of the demo, made up: one in which all went well, to be altered by each test."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.demo.checksum import Contents
from tests.demo.phases import Moments
from tests.demo.record import Decision, Run, Step
from tests.demo.requestlog import OK, Request
from tests.demo.timeline import Shape

DOCUMENTS = Contents(20_000, "c0ffee" * 10)
MOMENTS = Moments(plateau=50, first_action=120, last_copy_serves=200, load_fell=400, scaled_in=640)
GROWN = [Shape(0, 1, 1), Shape(140, 2, 1), Shape(200, 2, 2), Shape(300, 2, 2)]
SHRUNK = [Shape(600, 2, 1), Shape(640, 1, 1), Shape(700, 1, 1)]


def requests(
    before_ms: float = 900.0, after_ms: float = 9.0, late: float = 0.001, fewer_ms: float = 9.0
) -> list[Request]:
    """Twenty searches a second for 400 s: slow until the copies serve at 200 s. Then five a second until 800 s, for
    which there are fewer nodes from 640 s on."""
    chance = random.Random(1)
    high = sorted(chance.uniform(0, 400) for _ in range(8000))
    low = sorted(chance.uniform(400, 800) for _ in range(2000))

    def taken(due: float) -> float:
        return before_ms if due < 200 else after_ms if due < 640 else fewer_ms

    return [Request(due, late, due + taken(due) / 1000, OK) for due in (*high, *low)]


def one_failure(after: float) -> list[Request]:
    """The same, but the first search that was due later than that failed."""
    found = requests()
    number = next(number for number, one in enumerate(found) if one.due > after)
    found[number] = replace(found[number], code="UNAVAILABLE")
    return found


def good(**changes: Any) -> Run:
    """A run that kept every promise."""
    run = Run(
        slo_milliseconds=250,
        seed=1,
        offered_qps=130.04,
        low_qps=27.08,
        one_copy_capacity_qps=100.0,
        end=800,
        requests=requests(),
        moments=MOMENTS,
        shapes=[*GROWN, *SHRUNK],
        retries=[(second, 0.0) for second in range(0, 800, 5)],
        decisions=[
            Decision(60, "Hold", "Stabilising", "it has been so for 15 s of 60 s"),
            Decision(120, "ScaleOut", "SLOMissed", "nodes 1 -> 2 <b>now</b>"),
            Decision(560, "ScaleIn", "ScaleInNeeded", "nodes 2 -> 1"),
        ],
        before=DOCUMENTS,
        after=DOCUMENTS,
        steps=[Step("load documents", 70.0, False)],
        damping={"scaleOut": {"stabilizationWindowSeconds": 60}},
        about={"when": "2026-01-01T00:00:00Z", "machine": {"cores": 2}},
    )
    return replace(run, **changes)


def never_shrunk(**changes: Any) -> Run:
    """A run in which the operator took nothing away."""
    kept = {"moments": replace(MOMENTS, scaled_in=None), "shapes": [*GROWN, Shape(700, 2, 2)]}
    return good(**{**kept, **changes})
