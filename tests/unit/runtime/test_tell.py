"""What each look tells: metrics of the decision and, where it is asked for, a recording."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tests.unit.decide import builders as b
from vectortier.api.status import VectorTierStatus
from vectortier.decide.tier import decide
from vectortier.model.learned import Capacity, Demand, Learned
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


def test_demand_and_capacity_are_what_was_learned_and_nan_before() -> None:
    metrics, new = Metrics(), look(0.0)
    names = ("vectortier_searches_per_second", "vectortier_copy_searches_per_second", "vectortier_copies_needed")
    Teller(metrics, None).tell(dataclasses.replace(new, plan=new.plan.model_copy(update={"learned": Learned()})))
    assert all(math.isnan(value(metrics.registry, name) or 0.0) for name in names)

    capacity = Capacity(search_cost=0.005, median_seconds=0.01)
    learned = Learned(demand=Demand(rates=(300.0, 400.0)), capacity=capacity)
    Teller(metrics, None).tell(dataclasses.replace(new, plan=new.plan.model_copy(update={"learned": learned})))
    searches, of_a_copy, needed = (value(metrics.registry, name) or 0.0 for name in names)
    assert searches == 400.0
    assert 0.4 / 0.005 < of_a_copy < 1 / 0.005
    assert needed == pytest.approx(searches / of_a_copy)


def test_every_look_is_recorded(tmp_path: Path) -> None:
    Teller(Metrics(), Recorder(tmp_path, 5)).tell(look(0.0))
    assert recorded_times(tmp_path / "search" / "t") == [int(b.NOW * 1000)]
