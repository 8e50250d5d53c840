"""Single rules, where a whole scenario would hide the point."""

import pytest

from tests.unit.decide import builders as b
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.facts.placement import best_source
from vectortier.decide.facts.predict import predict_copy
from vectortier.decide.facts.proposed import MOST_COPIES
from vectortier.decide.facts.size import next_size
from vectortier.decide.facts.versions import parse_version
from vectortier.decide.rules.bounds import fits_journal
from vectortier.decide.rules.cutoff import cut_off_node, nobody_came_up
from vectortier.decide.rules.damping import cooled_down
from vectortier.decide.rules.members import members_alive
from vectortier.decide.rules.room import room_on_disk
from vectortier.decide.ruling import Ruling
from vectortier.model.journal import Cost, Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.load import Utilisation
from vectortier.model.observation import Observation
from vectortier.model.plan import Outcome, RestartNode
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Collection, Movement, RaftMember, Shard


def facts(seen: Observation, **spec: object) -> Facts:
    found = facts_of(Look(b.spec(**spec), seen, seen.now))
    assert found is not None
    return found


def restarted(ruling: Ruling | None) -> str | None:
    action = ruling.action if ruling is not None else None
    return action.pod if isinstance(action, RestartNode) else None


def lost(ordinal: int, ago: float = 150.0, **changes: object) -> object:
    return b.pod(ordinal, ready=False, ready_since=b.NOW - ago, **changes)


HELD = (b.collection(replicas=(0, 1, 2)),)


def test_of_several_nodes_apart_the_one_without_a_vote_and_with_the_highest_ordinal_is_restarted() -> None:
    seen = b.observation(
        4,
        workload=b.workload(4, pods=(b.pod(0), b.pod(1), lost(2), lost(3))),
        database=b.database(4, HELD, members=(b.member(0), b.member(1))),
    )
    assert restarted(cut_off_node(facts(seen))) == b.node(3)


def test_seen_from_the_side_without_the_voter_a_node_of_that_side_is_restarted() -> None:
    seen = b.observation(
        3,
        workload=b.workload(3, pods=(lost(0), lost(1), lost(2))),
        database=b.database(3, HELD, members=(b.member(1), b.member(2))),
    )
    assert restarted(cut_off_node(facts(seen))) == b.node(2)


@pytest.mark.parametrize(
    "pods",
    [
        (b.pod(0), b.pod(1)),  # ready: one look may miss it
        (b.pod(0), lost(1, ago=100.0)),  # it holds a shard
        (b.pod(0), lost(1, ago=50.0, started_at=b.NOW - 50.0)),
    ],
)
def test_a_node_that_is_missed_for_a_moment_is_left_alone(pods: tuple[object, ...]) -> None:
    two = (b.collection(replicas=(0, 1)),)
    seen = b.observation(2, workload=b.workload(2, pods=pods), database=b.database(2, two, members=(b.member(0, two),)))
    assert cut_off_node(facts(seen)) is None


def test_a_node_that_a_shard_is_moved_off_is_not_restarted() -> None:
    leaving = Movement(
        id="m", collection="Ticket", shard="s0", source=b.node(1), target=b.node(0), kind="MOVE", state="DEHYDRATING"
    )
    seen = b.observation(
        2,
        workload=b.workload(2, pods=(b.pod(0), lost(1))),
        database=b.database(2, members=(b.member(0),), movements=(leaving,)),
    )
    ruling = cut_off_node(facts(seen))
    assert ruling is not None
    assert ruling.outcome is Outcome.HOLD


def test_a_single_node_that_does_not_answer_is_never_restarted() -> None:
    blind = Unknown(reason="WeaviateStarting", message="loading")
    alone = b.observation(1, workload=b.workload(1, pods=(lost(0, ago=5000.0),)), database=blind, journal=Journal())
    assert nobody_came_up(Look(b.spec(), alone, b.NOW)) is None


def past(result: Result, ago: float, generation: int = 1) -> Operation:
    return Operation(
        id=f"o-{ago:.0f}",
        kind=OperationKind.SCALE_OUT,
        why="d",
        epoch=1,
        generation=generation,
        started_at=b.NOW - ago - 100,
        finished_at=b.NOW - ago,
        steps=(),
        result=result,
    )


@pytest.mark.parametrize(
    ("failures", "ago", "held"),
    [(1, 1790, True), (1, 1810, False), (2, 3590, True), (2, 3610, False), (10, 28790, True), (10, 28810, False)],
)
def test_the_back_off_doubles_from_half_an_hour_to_eight_hours(failures: int, ago: float, held: bool) -> None:
    history = tuple(past(Result.FAILED, ago + 100 * i) for i in reversed(range(failures)))
    ruling = cooled_down(facts(b.observation(journal=Journal(history=history))))
    assert ruling is not None
    assert (ruling.outcome is Outcome.HOLD) is held


def test_a_success_in_between_starts_the_back_off_again() -> None:
    history = (past(Result.FAILED, 9000), past(Result.SUCCEEDED, 8000), past(Result.FAILED, 1900))
    ruling = cooled_down(facts(b.observation(journal=Journal(history=history))))
    assert ruling is not None
    assert ruling.outcome is Outcome.PASS


def test_a_request_from_before_the_failure_or_without_a_time_zone_asks_for_nothing() -> None:
    history = (past(Result.FAILED, 60),)
    for asked in ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00", "soon", ""):
        tier = b.identity(annotations={"vectortier.dev/reconcile-requested-at": asked})
        ruling = cooled_down(facts(b.observation(tier=tier, journal=Journal(history=history))))
        assert ruling is not None
        assert ruling.outcome is Outcome.HOLD


def test_a_node_without_copies_is_filled_before_one_is_added() -> None:
    seen = b.observation(2, database=b.database(2, (b.collection(replicas=(0,)),)))
    size = next_size(facts(seen))
    assert (size.nodes, size.copies, size.new_nodes, size.targets) == (2, 2, (), (b.node(1),))


def test_only_what_is_missing_is_copied_after_an_operation_that_failed_half_way() -> None:
    held = (b.collection("Note", replicas=(0, 1)), b.collection("Ticket", replicas=(0,)))
    size = next_size(facts(b.observation(2, database=b.database(2, held))))
    assert [(m.collection, m.target) for m in size.moves] == [("Ticket", b.node(1))]


def test_the_source_is_the_least_busy_healthy_replica() -> None:
    cpu = (Utilisation(node=b.node(0), fraction=0.9), Utilisation(node=b.node(1), fraction=0.4))
    assert best_source(facts(b.observation(2, load=b.load(cpu=cpu))), "Ticket", "s0") == b.node(1)
    both = (b.collection(replicas=(0, 1)),)
    late = b.database(2, both, members=(b.member(0, both), b.member(1, both, status="TIMEOUT")))
    assert best_source(facts(b.observation(2, load=b.load(cpu=cpu), database=late)), "Ticket", "s0") == b.node(0)


def test_a_shard_is_predicted_to_take_its_part_of_the_room() -> None:
    shards = tuple(Shard(name=f"s{i}", replicas=(b.node(0),)) for i in range(4))
    halves = (
        Collection(name="Ticket", factor=1, shards=(*shards[:2], Shard(name="s2", replicas=(b.node(0), b.node(1))))),
    )
    disk = (Utilisation(node=b.node(0), fraction=0.6), Utilisation(node=b.node(1), fraction=0.5))
    seen = b.observation(2, database=b.database(2, halves), load=b.load(disk=disk))
    ruling = room_on_disk(facts(seen))
    assert ruling is not None
    assert ruling.outcome is Outcome.HOLD
    assert "90%" in ruling.message  # 50 % there, and two thirds of the source's 60 %


def test_a_prediction_without_history_or_sizes_stays_unknown() -> None:
    assert predict_copy(facts(b.observation()), b.node(0), "Ticket", "s0") == Cost()


def test_seconds_are_predicted_at_the_rate_of_earlier_copies() -> None:
    step = Step(name=StepName.COPY, predicted=Cost(bytes=1000), actual=Cost(seconds=10.0, p99_milliseconds=400.0))
    history = (past(Result.SUCCEEDED, 5000).model_copy(update={"steps": (step,)}),)
    seen = b.observation(load=b.load(volume_bytes=((b.node(0), 3000.0),)), journal=Journal(history=history))
    assert predict_copy(facts(seen), b.node(0), "Ticket", "s0") == Cost(
        bytes=3000, seconds=30.0, p99_milliseconds=400.0
    )


@pytest.mark.parametrize(
    ("text", "numbers"), [("1.39.3", (1, 39, 3)), ("1.40.0-rc.1", (1, 40, 0)), ("latest", (0,)), ("1.39", (0,))]
)
def test_versions_that_cannot_be_read_count_as_oldest(text: str, numbers: tuple[int, ...]) -> None:
    assert parse_version(text) == numbers


def test_raft_of_three_voters_seen_by_two_restarts_the_third() -> None:
    raft = tuple(RaftMember(id=b.node(i), voter=True) for i in range(3))
    seen = b.observation(
        3,
        workload=b.workload(3, pods=(lost(0), b.pod(1), b.pod(2))),
        database=b.database(3, HELD, raft=raft, members=(b.member(1), b.member(2))),
    )
    assert restarted(cut_off_node(facts(seen))) == b.node(0)


@pytest.mark.parametrize(("shards", "fits"), [(MOST_COPIES, True), (MOST_COPIES + 1, False)])
def test_an_operation_that_its_journal_could_not_hold_is_not_begun(shards: int, fits: bool) -> None:
    ruling = fits_journal(facts(b.observation(database=b.database(1, (b.collection(shards=shards),)))))
    assert (ruling is None) is fits


def growing(*steps: Step, raft: int = 1) -> Facts:
    """A tier of one node that is being given a second, whose pod does not run yet."""
    operation = Operation(
        id="o", kind=OperationKind.SCALE_OUT, why="d", epoch=1, nodes=2, copies=2, started_at=b.NOW, steps=steps
    )
    pods = (b.pod(0), b.pod(1, phase="Pending", ready=False, started_at=None, ip=None))
    seen = b.observation(
        2,
        workload=b.workload(2, pods=pods),
        database=b.database(
            2,
            (b.collection(replicas=(0,)),),
            members=(b.member(0),),
            raft=tuple(RaftMember(id=b.node(i), voter=i == 0) for i in range(raft)),
        ),
        journal=Journal(operation=operation, serving=b.serving(0)),
    )
    return facts(seen)


AWAITED = Step(name=StepName.AWAIT_NODE, target=b.node(1))


def test_a_node_that_is_waited_for_is_in_nobodys_way_before_it_is_in_rafts_configuration() -> None:
    ruling = members_alive(growing(AWAITED))
    assert ruling is not None
    assert (ruling.outcome, ruling.message) == (Outcome.PASS, "1 of 2 nodes are there, the others are waited for")


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(growing(AWAITED, raft=2), id="a movement would wait for it"),
        pytest.param(growing(AWAITED.model_copy(update={"state": StepState.DONE})), id="it was there and is gone"),
        pytest.param(growing(), id="nobody waits for it"),
    ],
)
def test_any_other_node_that_does_not_run_is_an_obstacle(seen: Facts) -> None:
    ruling = members_alive(seen)
    assert ruling is not None
    assert ruling.outcome is Outcome.HOLD
