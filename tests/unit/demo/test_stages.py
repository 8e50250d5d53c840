"""Stages: what is said of where a run is, and when it is given up."""

from __future__ import annotations

import pytest

from tests.demo.phases import Moments
from tests.demo.ramp import Ramp
from tests.demo.stages import Where, complaint, stage

HELD = Ramp(rate=120.0, since=100.0, held=True)
FALLEN = Moments(100, 150, 200, 400)
SHRUNK = Moments(100, 150, 200, 400, 900)


def where(now: float, moments: Moments, operation: str | None = None) -> Where:
    return Where(now, HELD, moments, operation)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (where(401, FALLEN), "the load falls"),
        (where(415, FALLEN), "waiting for the operator to take nodes away"),
        (where(850, FALLEN, "ScaleIn"), "the operator takes nodes away"),
        (where(850, FALLEN, "ScaleOut"), "the operator acts"),
        (where(901, SHRUNK), "measuring with fewer nodes"),
        (where(950, SHRUNK, "ScaleIn"), "the operator takes nodes away"),
    ],
)
def test_each_stage_after_the_load_fell_has_its_words(at: Where, said: str) -> None:
    assert stage(at) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (where(401, Moments(100)), "did not act within 300 s"),
        (where(1001, Moments(100, 150)), "did not finish within 900 s"),
        (where(2201, FALLEN), "took no node away within 1800 s after the load fell"),
        (where(2411, SHRUNK), "did not come to rest within 2011 s"),
    ],
)
def test_nothing_is_waited_for_forever(at: Where, said: str) -> None:
    assert said in (complaint(at) or "")


@pytest.mark.parametrize(
    "at",
    [
        where(400, Moments(100)),
        where(1000, Moments(100, 150)),
        where(2200, FALLEN),
        where(2400, Moments(100, 150, 200, 400, 2200)),
    ],
    ids=["act", "finish", "shrink in the last moment", "measure what shrank in the last moment"],
)
def test_each_wait_has_its_time(at: Where) -> None:
    assert complaint(at) is None
