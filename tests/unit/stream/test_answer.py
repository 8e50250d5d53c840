"""The operator of a tier that somebody else plays: it damps, copies and waits as it does live."""

import random
from typing import Any

import pytest

from tests.unit.decide.wanting import growing_on_to, growing_to, shrinking_to
from tests.unit.simulate.builders import PROMISE, capacity, load, model, spec
from tests.unit.simulate.test_live import EAGER
from tests.unit.stream.lines import NOW, line
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import is_active
from vectortier.model.value import Unknown
from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Look, Run, Scenario, run
from vectortier.simulate.live.policy import Vectortier
from vectortier.simulate.policies.resizing import resize
from vectortier.simulate.sensor import Sensor
from vectortier.stream.answer import Answer, Stream
from vectortier.stream.line import Gap, Line, LineError
from vectortier.stream.load import LoadReader
from vectortier.stream.tier import ToldTier

QUICK = {**EAGER, "scaleOut": {"stabilizationWindowSeconds": 0, "cooldownSeconds": 300}}


def stream(**damping: Any) -> Stream:
    return Stream(spec(damping=damping or QUICK))


def answers(to: Stream, *lines: Line | Gap) -> list[Answer]:
    return [to.answer(each) for each in lines]


def test_a_promise_that_is_kept_changes_nothing() -> None:
    last = answers(stream(), *(line(i) for i in range(5)))[-1]
    assert (last.action, last.reason, last.nodes, last.copies) == ("Hold", "WithinSLO", 2, 2)
    assert last.as_json()["next_check_seconds"] == 15


def test_a_missed_promise_asks_for_one_more_copy_until_it_serves() -> None:
    operator = stream()
    asked = answers(operator, line(0, bad=150))[-1]
    assert (asked.action, asked.reason, asked.nodes, asked.copies) == ("ScaleOut", "ScaleOutNeeded", 3, 3)
    assert "10.00% of 1500 requests were bad" in asked.message
    under_way = {"nodes": 3, "serving": 2, "copies": 2, "bad": 150}
    waiting = answers(operator, line(1, **under_way), line(2, copying=1, **under_way), line(3, **under_way))
    assert {(a.action, a.reason, a.nodes, a.copies) for a in waiting} == {("Hold", "ScalingOut", 3, 3)}
    assert "(Copy)" in waiting[-1].message
    served = answers(operator, line(4, nodes=3, bad=150))[-1]
    assert (served.action, served.reason, served.nodes, served.copies) == ("Hold", "CoolingDown", 3, 3)


def test_a_copy_counts_as_made_when_it_serves_whoever_says_that_it_is_whole() -> None:
    operator = stream()
    answers(operator, line(0, bad=150))
    whole = answers(operator, line(1, nodes=3, serving=2, copies=3, bad=150))[-1]
    assert (whole.reason, whole.copies) == ("ScalingOut", 3)
    assert "(Copy)" in whole.message


def test_the_cool_down_is_remembered() -> None:
    operator = stream()
    answers(operator, line(0, bad=150), line(1, nodes=3, serving=2, copies=2))
    reasons = [a.reason for a in answers(operator, *(line(i, nodes=3, bad=150) for i in range(2, 24)))]
    assert reasons[:20] == ["CoolingDown"] * 20
    assert reasons[20] == "ScaleOutNeeded", "300 s after the line in which the copy served"


def test_a_miss_has_to_last_for_the_stabilisation_window() -> None:
    patient = stream(windows=EAGER["windows"], scaleOut={"stabilizationWindowSeconds": 60})
    reasons = [a.reason for a in answers(patient, *(line(i, bad=150) for i in range(5)))]
    assert reasons == ["Stabilizing"] * 4 + ["ScaleOutNeeded"]


def test_a_line_without_metrics_holds_and_ends_the_miss() -> None:
    patient = stream(windows=EAGER["windows"], scaleOut={"stabilizationWindowSeconds": 60})
    answers(patient, *(line(i, bad=150) for i in range(4)))
    blind, again = answers(patient, Gap(now=NOW + 60), line(5, bad=150))
    assert (blind.action, blind.reason, blind.nodes, blind.copies) == ("Hold", "MetricsUnavailable", 2, 2)
    assert again.reason == "Stabilizing"


def test_a_line_without_a_time_ends_one_window_after_the_one_before() -> None:
    operator = stream()
    answers(operator, line(0), Gap(), Gap())
    with pytest.raises(LineError, match=r"^now is 1730000030, but must be more than in the line before, 1730000030"):
        operator.answer(line(2))
    operator.answer(line(3))


def test_of_a_tier_that_nobody_has_told_of_no_size_is_wanted() -> None:
    blind = answers(stream(), Gap(), Gap(now=NOW - 15), line(0))
    assert {(a.action, a.reason, a.nodes, a.copies) for a in blind[:2]} == {("Hold", "MetricsUnavailable", None, None)}
    assert (blind[2].nodes, blind[2].copies) == (2, 2)
    assert blind[2].reason == "WithinSLO"


def test_a_node_that_serves_no_more_is_dead_until_it_does() -> None:
    operator = stream()
    answers(operator, line(0))
    dead = answers(operator, line(1, serving=1, bad=150), line(2, serving=1, bad=150))
    assert {(a.action, a.reason, a.nodes) for a in dead} == {("Hold", "NodeDead", 2)}
    assert answers(operator, line(3), line(4), line(5))[-1].reason == "WithinSLO"


def test_a_copy_that_nobody_asked_for_is_waited_for() -> None:
    operator = stream()
    foreign = answers(operator, line(0, nodes=3, serving=2, copies=2, copying=1, bad=150))[-1]
    assert (foreign.reason, foreign.nodes) == ("ForeignMovement", 3)
    assert answers(operator, line(1, nodes=3, bad=150))[-1].reason == "ScaleOutNeeded"


def test_nodes_that_somebody_else_takes_away_are_gone() -> None:
    operator = stream()
    answers(operator, line(0, nodes=3))
    fewer = answers(operator, line(1, nodes=1))[-1]
    assert (fewer.reason, fewer.nodes, fewer.copies) == ("WithinSLO", 1, 1)


def test_a_node_that_stands_idle_is_used_before_another_is_asked_for() -> None:
    idle = answers(stream(), line(0, nodes=3, serving=2, copies=2, bad=150))[-1]
    assert (idle.action, idle.nodes, idle.copies) == ("ScaleOut", 3, 3)
    assert "add node" not in idle.message


def test_a_limit_without_what_is_used_of_it_is_not_known() -> None:
    limits = {"resources": {"limits": {"memory": "8Gi"}}}
    operator = Stream(spec(damping=QUICK, weaviate=limits))
    blind = operator.answer(line(0, bad=150, memory_utilisation=None))
    assert (blind.reason, blind.message) == ("MetricsUnavailable", "memory: The line has no memory_utilisation.")
    assert Stream(spec(damping=QUICK, weaviate=limits)).answer(line(0, bad=150)).action == "ScaleOut"


def test_what_a_copy_takes_is_known_from_the_lines() -> None:
    operator = stream()
    operator.answer(line(0, bad=150))
    assert operator.journal is not None
    assert operator.journal.operation is not None
    (copy,) = (step for step in operator.journal.operation.steps if step.name == "Copy")
    assert (copy.predicted.bytes, copy.predicted.seconds) == (30_000_000, 60.0)


def test_several_copies_asked_for_at_once_serve_after_one_delay_and_then_may_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    growing_to(monkeypatch, 5)
    operator = stream()
    asked = operator.answer(line(0, bad=150))
    assert (asked.action, asked.nodes, asked.copies) == ("ScaleOut", 5, 5)
    waiting = answers(
        operator,
        line(1, nodes=5, serving=2, copies=2, bad=150),
        *(line(i, nodes=5, serving=2, copies=2, copying=3, bad=150) for i in (2, 3, 4, 5)),
    )
    assert {(a.action, a.reason, a.nodes, a.copies) for a in waiting} == {("Hold", "ScalingOut", 5, 5)}
    served = operator.answer(line(6, nodes=5))
    assert (served.action, served.reason, served.nodes, served.copies) == ("Hold", "Recovering", 5, 5)
    assert operator.journal is not None
    made = operator.journal.history[-1]
    copies = [step for step in made.steps if step.name == "Copy"]
    assert (made.result, len(copies)) == ("Succeeded", 3)
    assert len({step.started_at for step in copies}) == len({step.finished_at for step in copies}) == 1

    shrinking_to(monkeypatch, 3)
    fewer = operator.answer(line(7, nodes=5))
    assert (fewer.action, fewer.reason, fewer.nodes, fewer.copies) == ("ScaleIn", "ScaleInNeeded", 3, 3)
    late = answers(operator, line(8, nodes=5), line(9, nodes=4), line(10, nodes=3), line(11, nodes=3))
    assert {(a.action, a.nodes, a.copies) for a in late} == {("Hold", 3, 3)}
    assert late[-1].reason == "WithinSLO"
    assert operator.journal.history[-1].result == "Succeeded"


def test_more_is_asked_for_while_a_copy_is_made_and_all_of_it_comes_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_on_to(monkeypatch, 5, when=lambda facts: any(is_active(m.state) for m in facts.database.movements))
    operator = stream()
    under_way = {"serving": 2, "copies": 2, "bad": 150}
    asked = operator.answer(line(0, bad=150))
    assert (asked.action, asked.nodes) == ("ScaleOut", 3)
    more = answers(operator, line(1, nodes=3, **under_way), line(2, nodes=3, copying=1, **under_way))[-2:]
    assert ("ScaleOut", "ScaleOutNeeded", 5, 5) in {(a.action, a.reason, a.nodes, a.copies) for a in more}
    waiting = answers(operator, *(line(i, nodes=5, copying=3, **under_way) for i in (3, 4)))
    assert {(a.action, a.reason, a.nodes, a.copies) for a in waiting} == {("Hold", "ScalingOut", 5, 5)}
    served = answers(operator, line(5, nodes=5), line(6, nodes=5))[-1]
    assert (served.action, served.nodes, served.copies) == ("Hold", 5, 5)
    assert operator.journal is not None
    assert [(o.result, o.copies) for o in operator.journal.history[1:]] == [("Succeeded", 5)]


def test_nodes_that_are_to_go_are_used_when_more_are_wanted_before_they_have_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    operator = stream()
    with monkeypatch.context() as patched:
        shrinking_to(patched, 2)
        assert operator.answer(line(0, nodes=4)).nodes == 2
    drained = answers(operator, *(line(i, nodes=4) for i in range(1, 6)))
    assert drained[-1].reason == "WithinSLO"
    later = answers(operator, *(line(i, nodes=4, bad=150) for i in range(6, 27)))
    assert [(a.action, a.nodes) for a in later if a.action != "Hold"] == [("ScaleOut", 3)]
    kept = answers(operator, line(27, nodes=4), line(28, nodes=3), line(29, nodes=3))
    assert [(a.action, a.nodes, a.copies) for a in kept] == [("Hold", 3, 3)] * 3
    assert operator.journal is not None
    assert [o.kind for o in operator.journal.history[1:]] == ["ScaleIn", "ScaleOut"]


def test_a_node_that_turns_out_to_be_needed_is_wanted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    operator = stream()
    with monkeypatch.context() as patched:
        shrinking_to(patched, 2)
        assert operator.answer(line(0, nodes=4)).nodes == 2
    needed = answers(operator, line(1, nodes=4, bad=150), line(2, nodes=4, bad=150))[-1]
    assert needed.nodes == 4
    assert operator.journal is not None
    assert [(o.kind, o.result) for o in operator.journal.history[1:]] == [("ScaleIn", "Reversed")]


class Streamed:
    """A simulated tier whose policy is asked by lines."""

    def __init__(self, operator: Stream) -> None:
        self._operator = operator

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        sample = sensor.latest(now)
        if sample is None:
            return Look()
        serving = tier.serving(now)
        answer = self._operator.answer(
            line(
                round(now / 15),
                requests=sample.requests,
                bad=sample.bad,
                qps=sample.queries_per_second,
                p50_ms=sample.p50_milliseconds,
                cpu_utilisation=list(sample.cpu),
                nodes=len(tier.nodes),
                serving=serving,
                copies=serving,
                copying=tier.copying(now),
            )
        )
        return resize(tier, answer.nodes, now, answer.reason, answer.message)


def test_another_simulator_gets_the_decisions_that_ours_gets() -> None:
    demand = [0.9] * 20 + [1.5] * 60 + [2.4] * 60

    def ran(policy: Vectortier | Streamed) -> Run:
        return run(Scenario(load(*demand), model(), PROMISE, 1), policy, random.Random(0))

    ours, theirs = ran(Vectortier(spec(damping=QUICK))), ran(Streamed(stream()))
    first_ours, first_theirs = ours.decisions[0], theirs.decisions[0]
    assert abs(first_ours.t - first_theirs.t) <= 15
    assert first_ours.nodes == first_theirs.nodes == 2
    # A line is a whole interval, so that a copy serves up to one later, and what is decided then may differ.
    assert ours.decisions[-1].nodes == theirs.decisions[-1].nodes == 3
    assert "ScaleIn" in {d.action for d in (*ours.decisions, *theirs.decisions)}


def is_quiet(facts: Facts) -> bool:
    """Whether one copy could take the load easily."""
    searches = facts.load if isinstance(facts.load, Unknown) else facts.load.queries_per_second
    return not isinstance(searches, Unknown) and searches < 0.6 * capacity()


def test_another_simulator_grows_and_shrinks_by_several_as_ours_does(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, 4)
    shrinking_to(monkeypatch, 1, is_quiet)
    demand = [0.9] * 20 + [3.4] * 60 + [0.4] * 40

    def ran(policy: Vectortier | Streamed) -> Run:
        return run(Scenario(load(*demand), model(), PROMISE, 1), policy, random.Random(0))

    ours, theirs = ran(Vectortier(spec(damping=QUICK))), ran(Streamed(stream()))
    assert ours.decisions[0].nodes == theirs.decisions[0].nodes == 4
    assert abs(ours.decisions[0].t - theirs.decisions[0].t) <= 15
    assert [i.nodes for i in (ours.intervals[-1], theirs.intervals[-1])] == [1, 1]
    assert [d.action for d in (ours.decisions[-1], theirs.decisions[-1])] == ["ScaleIn", "ScaleIn"]


def test_a_copy_to_a_node_that_was_taken_away_is_given_up() -> None:
    operator = stream()
    answers(operator, line(0, bad=150), line(1, nodes=3, serving=2, copies=2, copying=1))
    after = answers(operator, *(line(i, nodes=2) for i in range(2, 70)))
    assert after[0].reason == "ScalingOut"
    assert after[-1].reason == "WithinSLO"
    assert operator.journal is not None
    assert operator.journal.history[-1].result == "Failed"


def test_searches_by_collection_are_the_operators_load_the_busiest_first() -> None:
    told = line(0, collections={"Faq": 3.0, "Ticket": 97.0})
    load = LoadReader(spec()).read(told, ToldTier(told))
    assert [(c.name, c.searches_per_second) for c in load.collections] == [("Ticket", 97.0), ("Faq", 3.0)]


def test_nodes_are_not_asked_for_while_those_that_serve_have_time() -> None:
    held = answers(stream(), line(0, bad=150, cpu_utilisation=[0.2, 0.2]))[-1]
    assert (held.action, held.reason, held.nodes) == ("Hold", "CauseUnknown", 2)
