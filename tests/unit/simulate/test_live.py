"""The operator's own policy in the simulation: it is given what it is given live, and what it plans is done."""

import math
import random
from typing import Any

import pytest

import vectortier.played.operator as played
from tests.unit.decide.wanting import growing_to, shrinking_to
from tests.unit.simulate.builders import PROMISE, load, model, spec
from vectortier.decide.tier import decide
from vectortier.model.journal import Journal, Result, StepName
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan
from vectortier.model.value import Unknown
from vectortier.simulate.engine import Run, Scenario, run
from vectortier.simulate.live.policy import Vectortier

EAGER = {
    "windows": {"shortSeconds": 15, "longSeconds": 30},
    "scaleOut": {"stabilizationWindowSeconds": 0, "cooldownSeconds": 60},
}


class Recorded:
    """Every observation and plan of a run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[Observation, Plan]] = []
        monkeypatch.setattr(played, "decide", self._decide)

    def _decide(self, tier_spec: Any, observed: Observation, now: float) -> Plan:
        plan = decide(tier_spec, observed, now)
        self.seen.append((observed, plan))
        return plan

    @property
    def journal(self) -> Journal:
        """As it was last seen."""
        journal = self.seen[-1][0].journal
        assert isinstance(journal, Journal)
        return journal


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    return Recorded(monkeypatch)


def simulated(*copies: float, start: int = 1, damping: dict[str, Any] | None = None, **changes: Any) -> Run:
    policy = Vectortier(spec(damping=damping or EAGER))
    return run(Scenario(load(*copies), model(**changes), PROMISE, start), policy, random.Random(0))


def test_a_tier_that_keeps_its_promise_is_left_alone(recorded: Recorded) -> None:
    ran = simulated(*[0.9] * 40)
    assert ran.decisions == ()
    assert {plan.reason for _, plan in recorded.seen[3:]} == {"WithinSLO"}


@pytest.mark.parametrize(("copies", "seconds"), [(1.65, 30), (1.5, 120), (2.4, 120)])
def test_a_steady_demand_finds_its_size_and_keeps_it(copies: float, seconds: int) -> None:
    """Making a copy takes a part of the others, so one is ordered before it is needed. One that would be ordered again
    is not taken away, though fewer would do. Three hours, in which searches come 1 % more or less."""
    draw, transfer = random.Random(1), seconds * model().copy_bytes_per_second
    asked = [copies * (1 + draw.gauss(0, 0.01)) for _ in range(720)]
    ran = simulated(*asked, start=math.ceil(copies), damping={}, samplingNoise=True, bytesPerCopy=transfer)
    assert [d.action for d in ran.decisions] == ["ScaleOut"]


def test_an_overloaded_tier_gets_a_copy_that_serves_after_the_time_that_one_takes(recorded: Recorded) -> None:
    ran = simulated(*[1.2] * 40)
    began = ran.decisions[0].t
    served = next(i.started_at + 15 for i in ran.intervals if i.serving == 2)
    assert [d.action for d in ran.decisions] == ["ScaleOut"]
    assert 60 <= served - began <= 60 + 30, "boot, transfer, loading, and a second or two for each step"
    assert ran.intervals[-1].bad_fraction < 0.01
    assert ran.tier.shard_copies == 1
    assert ran.tier.bytes_moved == pytest.approx(30_000_000)
    operation = recorded.journal.history[-1]
    assert operation.result is Result.SUCCEEDED
    seconds = {step.name: step.actual.seconds for step in operation.steps}
    assert seconds[StepName.COPY] == pytest.approx(30, abs=8)
    assert seconds[StepName.WARM] == pytest.approx(15, abs=2)


def test_each_shard_is_copied_and_the_factor_follows(recorded: Recorded) -> None:
    ran = simulated(*[1.2] * 40, shards=3)
    assert ran.tier.shard_copies == 3
    collections = recorded.seen[-1][0].database
    assert not isinstance(collections, Unknown)
    assert collections.collections[0].factor == 2
    assert all(len(shard.replicas) == 2 for shard in collections.collections[0].shards)
    assert collections.movements == (), "finished ones are deleted from Weaviate's list"


def test_several_copies_are_made_at_the_same_time(monkeypatch: pytest.MonkeyPatch, recorded: Recorded) -> None:
    growing_to(monkeypatch, 4)
    ran = simulated(*[1.2] * 40)
    began = ran.decisions[0]
    served = next(i.started_at + 15 for i in ran.intervals if i.serving == 4)
    assert [(d.action, d.nodes, d.copies) for d in ran.decisions] == [("ScaleOut", 4, 4)]
    assert 60 <= served - began.t <= 60 + 45, "as long as one, and a second for each step of the others"
    assert ran.tier.shard_copies == 3
    assert recorded.journal.history[-1].result is Result.SUCCEEDED


def test_nodes_that_are_taken_away_serve_no_more_and_take_their_copies_along(
    monkeypatch: pytest.MonkeyPatch, recorded: Recorded
) -> None:
    shrinking_to(monkeypatch, 1)
    ran = simulated(*[0.5] * 20, start=3)
    assert [(d.action, d.nodes, d.copies) for d in ran.decisions] == [("ScaleIn", 1, 1)]
    assert (ran.intervals[-1].nodes, ran.intervals[-1].serving) == (1, 1)
    database = recorded.seen[-1][0].database
    assert not isinstance(database, Unknown)
    assert database.collections[0].factor == 1
    assert database.collections[0].shards[0].replicas == ("tier-weaviate-0",)
    for observed, _ in recorded.seen:
        assert isinstance(observed.journal, Journal)
        there = {p.name for p in observed.workload.pods} if not isinstance(observed.workload, Unknown) else set()
        assert {e.pod for e in observed.journal.serving} <= there, "out of the serving set first, then it goes"


def test_searches_are_slower_only_while_bytes_move() -> None:
    ran = simulated(*[1.2] * 40, copyInterference=0.9)
    worst = [i.started_at for i in ran.intervals if i.utilisation == 1.0 and i.copying]
    assert worst
    each = sum(i.copying for i in ran.intervals) / len(ran.decisions)
    assert each in (3, 4), "30 s of transfer touch three or four intervals"


def test_without_metrics_it_holds(recorded: Recorded) -> None:
    ran = simulated(*[1.2] * 40, outageStartSeconds=0, outageSeconds=10_000)
    assert ran.decisions == ()
    assert {plan.reason for _, plan in recorded.seen} == {"MetricsUnavailable"}


def test_demand_that_grows_gets_its_copy_before_searches_are_late() -> None:
    ran = simulated(*[0.4] * 20, *[0.4 + 0.02 * i for i in range(60)])
    assert [d.action for d in ran.decisions][:1] == ["ScaleOut"]
    assert max(i.bad_fraction for i in ran.intervals) <= 0.01


def test_demand_that_is_gone_for_good_gives_its_copies_back() -> None:
    ran = simulated(*[2.4] * 20, *[0.8] * 120, start=3)
    assert ran.intervals[-1].nodes in (1, 2)
    assert ran.decisions[-1].action == "ScaleIn"
    assert max(i.bad_fraction for i in ran.intervals) <= 0.01


def test_an_outage_of_metrics_takes_nothing_away(recorded: Recorded) -> None:
    ran = simulated(*[2.4] * 40, *[0.2] * 80, start=3, outageStartSeconds=600, outageSeconds=1200)
    blind = [d for d in ran.decisions if 600 < d.t <= 1800 + 300]
    assert [d for d in blind if d.action == "ScaleIn"] == [], "nor right after it: that it was too large is not known"


def test_every_observation_could_have_been_recorded_live_and_is_decided_alike(recorded: Recorded) -> None:
    simulated(*[1.2] * 40)
    for observed, plan in recorded.seen:
        again = Observation.model_validate_json(observed.model_dump_json(by_alias=True))
        assert again == observed
        assert decide(spec(damping=EAGER), again, again.now) == plan


def test_limits_of_memory_and_cpu_are_seen_and_judged() -> None:
    limits = {"resources": {"limits": {"cpu": "4", "memory": "8Gi"}}}
    policy = Vectortier(spec(damping=EAGER, weaviate=limits))
    demand = load(*[1.2] * 20)
    roomy = run(Scenario(demand, model(memoryUsed=0.5), PROMISE, 1), policy, random.Random(0))
    full = run(
        Scenario(demand, model(memoryUsed=0.95), PROMISE, 1),
        Vectortier(spec(damping=EAGER, weaviate=limits)),
        random.Random(0),
    )
    assert (len(roomy.decisions), len(full.decisions)) == (1, 0)
