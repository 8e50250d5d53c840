"""What each look tells: metrics of the decision and, where it is asked for, a recording."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry

from tests.unit.decide import builders as b
from vectortier.api.status import VectorTierStatus
from vectortier.decide.tier import decide
from vectortier.model.outcome import ActionOutcome
from vectortier.reconcile import Look
from vectortier.report.status import build_status
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.record import Recorder, recorded_times
from vectortier.runtime.tell import Teller

TIER = {"namespace": "search", "tier": "t"}


def look(bad: float) -> Look:
    seen = b.observation(load=b.load(bad))
    plan = decide(b.spec(), seen, seen.now)
    status = build_status(b.spec(), seen, plan, ActionOutcome(), VectorTierStatus(), seen.now)
    return Look(b.spec(), seen, plan, ActionOutcome(), status)


def value(own: CollectorRegistry, name: str, **labels: str) -> float | None:
    return own.get_sample_value(name, {**TIER, **labels})


def test_a_decision_is_counted_and_says_what_it_wants() -> None:
    metrics = Metrics()
    teller = Teller(metrics, None)
    teller.tell(look(0.1))
    own = metrics.registry
    assert value(own, "vectortier_decision_total", action="ScaleOut", reason="ScaleOutNeeded") == 1.0
    assert value(own, "vectortier_nodes", state="desired") == 2.0
    assert value(own, "vectortier_copies_wanted") == 2.0
    assert value(own, "vectortier_copies") == 1.0
    teller.forget("search", "t")
    assert value(own, "vectortier_copies_wanted") is None


def test_every_look_is_recorded(tmp_path: Path) -> None:
    Teller(Metrics(), Recorder(tmp_path, 5)).tell(look(0.0))
    assert recorded_times(tmp_path / "search" / "t") == [int(b.NOW * 1000)]
