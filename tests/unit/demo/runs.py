"""Runs of the demo, made up: one in which all went well, to be altered by each test."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.demo.checksum import Contents
from tests.demo.phases import Moments
from tests.demo.report import Decision, Run, Step
from tests.demo.requestlog import OK, Request
from tests.demo.timeline import Shape

DOCUMENTS = Contents(20_000, "c0ffee" * 10)


def requests(before_ms: float = 900.0, after_ms: float = 9.0, late: float = 0.001) -> list[Request]:
    """Twenty searches a second for 400 s: slow until the copies serve at 200 s."""
    chance = random.Random(1)
    times = sorted(chance.uniform(0, 400) for _ in range(8000))
    return [Request(due, late, due + (before_ms if due < 200 else after_ms) / 1000, OK) for due in times]


def good(**changes: Any) -> Run:
    """A run that kept every promise."""
    run = Run(
        slo_milliseconds=250,
        seed=1,
        offered_qps=130.04,
        one_copy_capacity_qps=100.0,
        end=400,
        requests=requests(),
        moments=Moments(plateau=50, first_action=120, last_copy_serves=200),
        shapes=[Shape(0, 1, 1), Shape(140, 2, 1), Shape(200, 2, 2)],
        retries=[(second, 0.0) for second in range(0, 400, 5)],
        decisions=[
            Decision(60, "Hold", "Stabilising", "it has been so for 15 s of 60 s"),
            Decision(120, "ScaleOut", "SLOMissed", "nodes 1 -> 2 <b>now</b>"),
        ],
        before=DOCUMENTS,
        after=DOCUMENTS,
        steps=[Step("load documents", 70.0, False)],
        damping={"scaleOut": {"stabilizationWindowSeconds": 60}},
        about={"when": "2026-01-01T00:00:00Z", "machine": {"cores": 2}},
    )
    return replace(run, **changes)
