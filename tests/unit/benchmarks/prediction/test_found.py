"""Figures are pooled over the runs that there are, and say whether these are all."""

from __future__ import annotations

from tests.benchmarks.prediction.__main__ import Fitted, Found
from tests.benchmarks.prediction.judging import Pair
from tests.benchmarks.prediction.profiles import PROFILES
from tests.benchmarks.prediction.simulated import Verdict
from vectortier.simulate.model import default_model

GOOD, BAD = Pair(100, 0.0, Verdict(0.0, 0.0)), Pair(100, 0.5, Verdict(0.4, 1.0))


def test_runs_are_pooled_by_their_intervals() -> None:
    found = Found(Fitted({"coresPerCopy": 1}, default_model(), 250.04), seed=3)
    found.add("ramp-3", [GOOD, BAD], {"searches": 200})
    found.add("bursts-3", [GOOD, GOOD], {"searches": 200})
    assert [(row["run"], row["measured_percent"]) for row in found.rows] == [
        ("ramp-3", 50.0),
        ("bursts-3", 0.0),
        ("all", 25.0),
    ]
    assert found.rows[0]["searches"] == 200
    summary = found.summary()
    assert (summary["intervals"], summary["complete"], summary["capacity"]) == (4, False, 250.0)
    found.add("steps-3", [BAD], {})
    assert found.summary()["complete"] is (len(PROFILES) == 3)
