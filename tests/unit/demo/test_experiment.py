"""The experiment in virtual time: it breaks the promise, holds, waits for the operator, and knows when to give up."""

from __future__ import annotations

import pytest

from tests.demo.experiment import LOW_SHARE, Experiment, ExperimentError
from tests.demo.phases import Span, spans
from tests.demo.ports import Live, Ports
from tests.demo.ramp import RampSettings
from tests.unit.demo.simulated import Simulated

SETTINGS = RampSettings(start_qps=6, factor=1.15, ceiling_qps=40)


def experiment(
    tier: Simulated, shown: list[Live] | None = None, paused: list[tuple[float, bool]] | None = None
) -> Experiment:
    show = ([] if shown is None else shown).append
    told = [] if paused is None else paused
    ports = Ports(tier.look, lambda: 3.0, show, lambda on: told.append((tier.clock(), on)), tier.clock, tier.wait)
    return Experiment(tier, ports, 250, SETTINGS)


def rate_in(run: Experiment, span: Span) -> float:
    """Searches per second that were due in the span."""
    return len([one for one in run.requests() if span.begin <= one.due < span.end]) / (span.end - span.begin)


def test_the_phases_around_the_scale_out_are_measured_at_one_load() -> None:
    tier = Simulated()
    run = experiment(tier)
    run.run()
    found = spans(run.moments(), run.ended)
    before, during, after = found["before"], found["during_rebalance"], found["after"]
    assert before
    assert during
    assert after
    assert before.end - before.begin >= 30
    assert during.end - during.begin == pytest.approx(40, abs=1.5)
    assert after.end - after.begin == 120
    assert rate_in(run, before) == pytest.approx(rate_in(run, after), rel=0.05)
    assert run.state.broke_qps
    assert run.state.rate == pytest.approx(run.state.broke_qps * 1.2)
    assert run.state.kept_qps
    assert run.state.kept_qps <= tier.capacity < run.state.broke_qps
    assert tier.rate == 0  # nothing is sent any more


def test_the_load_falls_once_that_is_measured_and_the_smaller_tier_is_measured_under_it() -> None:
    tier = Simulated()
    run = experiment(tier)
    run.run()
    found, fell = spans(run.moments(), run.ended), run.load_fell
    after, fewer = found["after"], found["after_scale_in"]
    assert after
    assert fewer
    assert fell
    assert fell == pytest.approx(after.end, abs=1.5)
    assert run.state.broke_qps
    assert run.low_qps == pytest.approx(LOW_SHARE * run.state.broke_qps)
    assert rate_in(run, fewer) == pytest.approx(run.low_qps, rel=0.1)
    assert fewer.end - fewer.begin == 120
    assert fewer.begin - fell == pytest.approx(120 + 60 + 30, abs=3)  # too large, shrinking, and settled
    assert run.ended == pytest.approx(fewer.end, abs=1.5)


def test_the_operator_only_watches_until_the_load_that_breaks_the_promise_has_been_held() -> None:
    tier, paused = Simulated(), list[tuple[float, bool]]()
    began = tier.clock()
    run = experiment(tier, paused=paused)
    run.run()
    assert [on for _, on in paused] == [True, False]
    assert run.plateau is not None
    assert paused[0][0] == began
    assert paused[1][0] - began == pytest.approx(run.plateau + 45, abs=1.5)


def test_a_run_that_ends_early_leaves_the_operator_free_to_act() -> None:
    paused = list[tuple[float, bool]]()
    with pytest.raises(ExperimentError):
        experiment(Simulated(capacity=10_000), paused=paused).run()
    assert [on for _, on in paused] == [True, False]


def test_a_stall_at_the_start_does_not_pass_for_the_capacity() -> None:
    tier = Simulated(stalled_until=1000.0 + 30)
    run = experiment(tier)
    run.run()
    assert run.state.broke_qps
    assert run.state.broke_qps > tier.capacity
    assert len(run.stalls) == 1
    before = spans(run.moments(), run.ended)["before"]
    assert before
    assert before.begin > 60


def test_requests_are_on_the_clock_of_the_run() -> None:
    run = experiment(Simulated())
    run.run()
    times = [one.due for one in run.requests()]
    assert min(times) == 0.0
    assert max(times) < run.ended


def test_an_operator_that_does_not_act_is_not_waited_for_forever() -> None:
    tier = Simulated(acts_after=None)
    run = experiment(tier)
    with pytest.raises(ExperimentError, match="did not act within 300 s"):
        run.run()
    assert run.requests()  # what was measured is there for the report
    assert run.ended == pytest.approx(run.plateau or 0, abs=302)
    assert tier.rate == 0, "what is under way is let come to its end: giving it up would count as a failure"


def test_nodes_that_stay_are_not_waited_for_forever() -> None:
    run = experiment(Simulated(shrinks_after=None))
    with pytest.raises(ExperimentError, match="took no node away within 1800 s"):
        run.run()
    assert run.load_fell
    assert run.ended - run.load_fell == pytest.approx(1801, abs=1.5)
    assert spans(run.moments(), run.ended)["after"], "what was measured is there for the report"


def test_a_database_that_never_breaks_is_told_apart() -> None:
    with pytest.raises(ExperimentError, match="CPU limit"):
        experiment(Simulated(capacity=10_000)).run()


def test_the_one_who_watches_is_told_what_is_going_on() -> None:
    shown: list[Live] = []
    experiment(Simulated(), shown).run()
    stages = list(dict.fromkeys(live.stage for live in shown))
    assert stages == [
        "raising the load",
        "broken: waiting for the operator",
        "the operator acts",
        "measuring afterwards",
        "the load falls",
        "waiting for the operator to take nodes away",
        "the operator takes nodes away",
        "measuring with fewer nodes",
    ]
    assert shown[-1].recent.slow_fraction == 0.0


def test_the_one_who_watches_is_shown_the_load_that_there_is() -> None:
    shown: list[Live] = []
    run = experiment(Simulated(), shown)
    run.run()
    offered = {live.stage: live.offered_qps for live in shown}
    assert offered["measuring afterwards"] == run.state.rate
    assert offered["measuring with fewer nodes"] == run.low_qps


def test_a_dead_client_ends_the_experiment() -> None:
    class Dead(Simulated):
        def check(self) -> None:
            super().check()
            if self.checks > 5:
                raise ConnectionError("the client has died")

    with pytest.raises(ConnectionError):
        experiment(Dead()).run()
