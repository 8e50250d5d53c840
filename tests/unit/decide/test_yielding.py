"""Copies wait while they hurt searches, what is needed never does, and an operation that nobody waits for is ended."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide import builders as b
from tests.unit.decide.builders import node
from tests.unit.decide.test_rules import facts
from tests.unit.decide.world import World, last_result
from vectortier.decide.facts.need import Sizing
from vectortier.decide.operation import operation_in_flight
from vectortier.decide.rules.damping import put_off
from vectortier.decide.ruling import Ruling
from vectortier.model.journal import Cost, Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.load import Instant, Load, Utilisation
from vectortier.model.plan import DeleteMovement, EndOperation, JournalStep
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Movement

SPARE = Sizing(serving=2, now=1.2, ahead=1.5, later=1.5, expected=1.4, settled=1.5, grows=False)
CALM, NEW = b.node(0), b.node(2)


def copied(shard: str, ago: float = 5.0, *, before: float | None = 0.002, p99: float | None = None) -> Step:
    """A copy that took half a minute and ended `ago` seconds ago."""
    return Step(
        name=StepName.COPY,
        collection="Ticket",
        shard=shard,
        source=CALM,
        target=NEW,
        state=StepState.DONE,
        started_at=b.NOW - ago - 30,
        finished_at=b.NOW - ago,
        late_before=before,
        predicted=Cost(p99_milliseconds=p99),
    )


def to_copy(shard: str, **changes: Any) -> Step:
    return Step(name=StepName.COPY, collection="Ticket", shard=shard, source=CALM, target=NEW, **changes)


def under_way(shard: str, ago: float, target: str = NEW) -> Step:
    """One that was begun so many seconds ago and goes on, as `m-1`."""
    begun: dict[str, Any] = {"state": StepState.JOURNALLED, "started_at": b.NOW - ago, "late_before": 0.0}
    return to_copy(shard, **begun, weaviate_operation_id="m-1").model_copy(update={"target": target})


def hurt(share: float = 0.05, **changes: Any) -> Load:
    """Searches of the last minute are late, those of the last five mostly not."""
    base: dict[str, Any] = {"short": b.window(60, 1000.0, share), "p99_milliseconds": 400.0, "missed_seconds": 70.0}
    return b.load(**{**base, **changes})


def decided(
    *steps: Step,
    load: Load | Unknown | None = None,
    kind: OperationKind = OperationKind.SCALE_OUT,
    size: Sizing | None = SPARE,
    even: bool = True,
    **spec: Any,
) -> Ruling:
    """What is decided about an operation of a tier of three nodes, of which two serve."""
    moving = tuple(
        Movement(
            id="m-1",
            collection="Ticket",
            shard=s.shard or "",
            source=CALM,
            target=s.target or "",
            kind="COPY",
            state="HYDRATING",
        )
        for s in steps
        if s.weaviate_operation_id
    )
    shards = tuple(b.collection(replicas=(0, 1), shards=3).shards)
    if not even:
        shards = (shards[0].model_copy(update={"replicas": (node(0), node(1), NEW)}), *shards[1:])
    held = (b.collection(replicas=(0, 1)).model_copy(update={"shards": shards}),)
    operation = Operation(
        id="o-1", kind=kind, why="d", epoch=1, nodes=3, copies=3, started_at=b.NOW - 5000, steps=steps, message="why"
    )
    seen = b.observation(
        3,
        database=b.database(3, held, movements=moving),
        load=hurt() if load is None else load,
        journal=Journal(operation=operation, serving=b.serving(0, 1)),
    )
    ruling = operation_in_flight(replace(facts(seen, **spec), sizing=size))
    assert ruling is not None
    return ruling


def waits(*steps: Step, **changes: Any) -> bool:
    ruling = decided(*steps, **changes)
    waiting = ruling.reason == "WaitingForSearches"
    assert waiting or isinstance(ruling.action, JournalStep), ruling
    return waiting


def test_the_next_copy_waits_while_the_last_one_shows_in_late_searches_and_says_so() -> None:
    ruling = decided(copied("s0"), to_copy("s1"))
    assert ruling.reason == "WaitingForSearches"
    assert "5.0% of the searches are late" in ruling.message
    assert "p99 400 ms where 250 ms were predicted" in ruling.message
    assert "for 5 s of at most 300 s" in ruling.message
    assert waits(copied("s0"), to_copy("s1"), kind=OperationKind.SCALE_IN, size=None)


BUSY = (Utilisation(node=node(0), fraction=1.0), Utilisation(node=node(1), fraction=1.0))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"size": replace(SPARE, now=2.1)}, id="too few copies serve for what is asked now"),
        pytest.param({"size": replace(SPARE, ahead=2.1)}, id="too few will by the time that another one could"),
        pytest.param({"size": None}, id="how many are needed is not known"),
        pytest.param({"copies": {"min": 3, "max": 3}, "nodes": {"min": 3, "max": 3}}, id="the spec asks for them"),
        pytest.param(
            {"load": hurt(cpu=BUSY, instant=Instant(queries_per_second=100.0, bad_fraction=0.05))}, id="overloaded"
        ),
    ],
)
def test_a_scale_out_that_is_needed_does_not_wait(changes: dict[str, Any]) -> None:
    assert waits(copied("s0"), to_copy("s1"))
    assert not waits(copied("s0"), to_copy("s1"), **changes)


@pytest.mark.parametrize(
    ("first", "load"),
    [
        pytest.param(copied("s0", before=0.03), hurt(), id="they were late before the first copy"),
        pytest.param(copied("s0", before=None), hurt(), id="how they were before is not known"),
        pytest.param(copied("s0", ago=400.0), hurt(), id="the last copy ended long ago"),
        pytest.param(copied("s0"), hurt(0.009), id="no more than may be"),
        pytest.param(copied("s0"), hurt(short=b.window(60, 90.0, 0.1)), id="too few searches to tell"),
        pytest.param(copied("s0"), hurt(short=b.window(60, 100.0, 0.011)), id="a single slow search"),
        pytest.param(copied("s0", p99=450.0), hurt(), id="no worse than predicted"),
        pytest.param(copied("s0", p99=300.0), hurt(p99_milliseconds=None), id="how much worse is not known"),
        pytest.param(copied("s0"), hurt(instant=Instant(queries_per_second=50.0, bad_fraction=0.0)), id="over by now"),
        pytest.param(copied("s0"), Unknown(reason="MetricsStale", message="old"), id="nothing is known"),
    ],
)
def test_what_is_not_late_by_the_copies_or_not_known_to_be_holds_nothing_up(first: Step, load: Load) -> None:
    assert waits(copied("s0"), to_copy("s1"))
    assert not waits(first, to_copy("s1"), load=load)


def test_what_is_late_long_after_the_last_copy_does_not_hold_up_what_was_added_since() -> None:
    assert waits(copied("s0", ago=200.0), to_copy("s1", added_at=b.NOW - 10))
    assert not waits(copied("s0", ago=400.0), to_copy("s1", added_at=b.NOW - 10))


def test_a_prediction_that_was_learned_in_an_overload_excuses_no_more_than_twice_the_promise() -> None:
    assert waits(copied("s0", p99=5000.0), to_copy("s1"), load=hurt(p99_milliseconds=501.0))
    assert not waits(copied("s0", p99=5000.0), to_copy("s1"), load=hurt(p99_milliseconds=499.0))


def test_of_too_few_searches_the_last_interval_alone_says_nothing() -> None:
    few = Instant(queries_per_second=5.0, bad_fraction=0.0)
    assert waits(copied("s0"), to_copy("s1"), load=hurt(instant=few))


def test_who_waits_goes_on_at_less_than_what_made_it_wait() -> None:
    nearly = hurt(0.008, p99_milliseconds=255.0)
    assert not waits(copied("s0", ago=5.0), to_copy("s1"), load=nearly)
    assert waits(copied("s0", ago=20.0), to_copy("s1"), load=nearly)
    assert not waits(copied("s0", ago=20.0), to_copy("s1"), load=hurt(0.004))


def test_one_copy_waits_five_minutes_and_all_of_an_operation_half_an_hour() -> None:
    assert waits(copied("s0", ago=299.0), to_copy("s1"))
    assert not waits(copied("s0", ago=301.0), to_copy("s1"))
    long_ago = tuple(copied("s0", ago=4000.0 - 330 * i) for i in range(6))
    assert waits(*long_ago, copied("s0", ago=5.0), to_copy("s1")) is False, "five waits of 300 s, and one longer"
    assert (
        waits(*long_ago[:3], copied("s0", ago=3000.0), copied("s0", ago=2965.0), copied("s0"), to_copy("s1")) is False
    )
    assert waits(copied("s0", ago=640.0), copied("s0", ago=310.0), copied("s0"), to_copy("s1"))


def test_after_the_longest_wait_it_is_made_alone_and_the_operation_is_not_given_up() -> None:
    beside = under_way("s0", 4000.0, target=node(1))
    ruling = decided(beside, to_copy("s1"), load=hurt(0.02))
    assert (ruling.reason, ruling.action) == ("WaitingForSearches", None)
    assert "failed" not in ruling.message
    assert not waits(beside, to_copy("s1"), load=hurt(0.004))


def test_what_hurts_far_more_than_predicted_for_long_is_ended_and_what_is_copied_is_cancelled() -> None:
    ruling = decided(under_way("s0", 200.0), load=hurt(0.06))
    assert ruling.reason == "BackedOut"
    assert isinstance(ruling.action, DeleteMovement)
    assert ruling.action.cancel


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"load": hurt(0.04)}, id="not far more"),
        pytest.param({"load": hurt(0.06, missed_seconds=50.0)}, id="not for long"),
        pytest.param(
            {"load": hurt(0.06, missed_seconds=Unknown(reason="x", message="y"))}, id="not known for how long"
        ),
        pytest.param({"size": replace(SPARE, ahead=2.1)}, id="it is needed"),
        pytest.param({"even": False}, id="it would leave different numbers of copies"),
    ],
)
def test_it_goes_on_while_it_is(changes: dict[str, Any]) -> None:
    assert decided(under_way("s0", 200.0), load=hurt(0.06)).reason == "BackedOut"
    ruling = decided(under_way("s1", 200.0), **{"load": hurt(0.06), **changes})
    assert ruling.reason == "ScalingOut"


def test_what_was_told_to_end_is_not_begun_again_because_searches_are_better_for_it() -> None:
    cancelled = under_way("s0", 200.0).model_copy(update={"state": StepState.PENDING, "weaviate_operation_id": None})
    ruling = decided(cancelled, load=hurt(0.02))
    assert ruling.reason == "BackedOut"
    assert isinstance(ruling.action, EndOperation)
    assert ruling.action.reversed


def test_a_copy_that_was_just_begun_is_not_judged_yet() -> None:
    assert decided(under_way("s0", 100.0), load=hurt(0.06)).reason == "ScalingOut"


def relocating(**changes: Any) -> World:
    """The second of two nodes has the only copies of three shards, and is not allowed any more."""
    names = [node(0), node(1)]
    spec = b.spec(nodes={"min": 1, "max": 1}, copies={"min": 1, "max": 1})
    world = World(spec, {"Ticket": {s: [node(1)] for s in "abc"}}, desired=2, serving_enough=0, **changes)
    world.factor, world.born = {"Ticket": 1}, dict.fromkeys(names, world.now - 86_400.0)
    return world


def test_a_wait_ends_when_searches_recover() -> None:
    world = relocating(hurt=0.03)
    plans = world.run(200)
    assert "WaitingForSearches" in {p.reason for p in plans}
    assert last_result(world.journal) is Result.SUCCEEDED
    assert world.desired == 1


def test_what_is_backed_out_of_is_told_and_tried_again_later() -> None:
    world = relocating(hurt=0.08, looks_per_state=100)
    plans = world.run(150)
    assert "BackedOut" in {p.reason for p in plans}
    assert last_result(world.journal) is Result.REVERSED
    ended = [a for a in world.actions if isinstance(a, EndOperation)]
    assert len(ended) == 1, "and not begun again at once"
    told = put_off(facts(world.observe()))
    assert told is not None
    assert "next attempt after 600 s, at 20" in told
    world.hurt, world.looks_per_state = 0.0, 1
    world.run(200, seconds=10.0)
    assert world.desired == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.004, 0.008, 0.03, 0.08]), min_size=1, max_size=8), st.integers(1, 20))
def test_no_operation_waits_for_ever(shares: list[float], looks: int) -> None:
    """However late searches are, and even if they never recover: each wait is five minutes at most."""
    world = relocating(looks_per_state=looks)
    for i in range(400):
        world.hurt, world.hurt_until = shares[i % len(shares)], world.now + 1e6
        world.tick(seconds=10.0)
        if last_result(world.journal) is not None:
            return
    raise AssertionError("it goes on still")


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.0, 1.0),
    st.one_of(st.none(), st.floats(0.0, 1.0)),
    st.one_of(st.none(), st.floats(1.0, 5000.0)),
    st.floats(2.01, 50.0),
)
def test_a_needed_scale_out_is_never_held_up(late: float, before: float | None, p99: float | None, need: float) -> None:
    needed = replace(SPARE, now=need)
    load = hurt(late, p99_milliseconds=p99)
    assert not waits(copied("s0", before=before), to_copy("s1"), size=needed, load=load)
    assert decided(under_way("s0", 500.0), size=needed, load=load).reason == "ScalingOut"
