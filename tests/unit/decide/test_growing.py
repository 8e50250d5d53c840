"""How much a tier grows or shrinks by at once, when a policy asks for so many copies."""

from typing import Any

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from tests.unit.decide.wanting import growing_to, wanting
from vectortier.decide.facts.lanes import may_run
from vectortier.decide.facts.proposed import MOST_COPIES, proposed
from vectortier.decide.facts.size import next_size
from vectortier.decide.rules.bounds import fits_journal, within_bounds
from vectortier.decide.rules.scalein import scale_in
from vectortier.decide.tier import decide
from vectortier.model.journal import Operation, OperationKind, Step, StepName, StepState
from vectortier.model.plan import BeginOperation, Outcome
from vectortier.model.weaviate import Collection, Shard

WIDE: dict[str, Any] = {"nodes": {"min": 1, "max": 9}, "copies": {"min": 1, "max": 9}}


def begun(seen: Any, **spec: Any) -> Operation:
    plan = decide(b.spec(**{**WIDE, **spec}), seen, seen.now)
    assert isinstance(plan.action, BeginOperation), plan.message
    return plan.action.operation


def test_a_scale_out_by_three_copies_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, 5)
    operation = begun(b.observation(2, load=b.load(0.1)))
    new = [b.node(2), b.node(3), b.node(4)]
    assert (operation.nodes, operation.copies) == (5, 5)
    assert [(s.name, s.target, s.nodes) for s in operation.steps][:1] == [("AddNode", new[0], 5)]
    assert [s.target for s in operation.steps if s.name is StepName.AWAIT_NODE] == new
    assert [s.target for s in operation.steps if s.name is StepName.COPY] == new
    assert [s.factor for s in operation.steps if s.name is StepName.RAISE_FACTOR] == [5]
    assert [s.target for s in operation.steps if s.name is StepName.SERVE] == new


def test_the_sources_of_a_shard_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, 5)
    steps = begun(b.observation(2, load=b.load(0.1))).steps
    sources = [s.source for s in steps if s.name is StepName.COPY]
    assert sorted(map(str, sources[:2])) == [b.node(0), b.node(1)]
    assert sources[2] == sources[0]


def test_existing_nodes_that_lack_a_shard_are_filled_before_nodes_are_added() -> None:
    shards = tuple(Shard(name=f"s{i}", replicas=(b.node(i),)) for i in range(3))
    seen = b.observation(3, database=b.database(3, (Collection(name="Ticket", factor=1, shards=shards),)))
    size = next_size(facts(seen), 4)
    assert (size.nodes, size.copies, size.new_nodes) == (4, 4, (b.node(3),))
    placed = [(m.shard, m.target) for m in size.moves]
    assert len(placed) == len(set(placed)) == 9
    assert [m.target for m in size.moves].count(b.node(3)) == 3


def test_shards_are_spread_over_the_nodes_that_lack_them() -> None:
    seen = b.observation(3, database=b.database(3, (b.collection(replicas=(0,), shards=2),)))
    assert [m.target for m in next_size(facts(seen), 2).moves] == [b.node(1), b.node(2)]


def test_a_shard_that_has_more_copies_already_gets_fewer() -> None:
    held = (b.collection("Note", replicas=(0, 1)), b.collection("Ticket", replicas=(0,)))
    moves = next_size(facts(b.observation(2, database=b.database(2, held))), 3).moves
    assert [(m.collection, m.target) for m in moves] == [
        ("Ticket", b.node(1)),
        ("Note", b.node(2)),
        ("Ticket", b.node(2)),
    ]


@pytest.mark.parametrize("bound", ["nodes", "copies"])
def test_a_bound_cuts_the_wanted_number_and_it_is_told(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    growing_to(monkeypatch, 7)
    seen, spec = b.observation(2, load=b.load(0.1)), {**WIDE, bound: {"min": 1, "max": 4}}
    assert (begun(seen, **spec).nodes, begun(seen, **spec).copies) == (4, 4)
    ruling = within_bounds(facts(seen, **spec))
    assert ruling is not None
    assert ruling.outcome is Outcome.PASS
    assert "7 copies are wanted, more than may be made at once" in ruling.message


def test_a_bound_holds_only_when_not_even_one_copy_more_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, 7)
    bounds = {"nodes": {"min": 1, "max": 2}, "copies": {"min": 1, "max": 2}}
    ruling = within_bounds(facts(b.observation(2), **bounds))
    assert ruling is not None
    assert (ruling.outcome, ruling.reason) == (Outcome.HOLD, "AtMaxNodes")
    assert "3 nodes are needed" in ruling.message


def test_a_journal_that_holds_two_copies_of_all_shards_is_not_given_three(monkeypatch: pytest.MonkeyPatch) -> None:
    growing_to(monkeypatch, 4)
    shards = MOST_COPIES // 2
    found = facts(b.observation(database=b.database(1, (b.collection(shards=shards),))), **WIDE)
    assert (proposed(found).copies, len(proposed(found).moves)) == (3, 2 * shards)
    assert fits_journal(found) is None


def three(**changes: Any) -> Any:
    return b.observation(3, **changes)


def going(seen: Any, wanted: int, **spec: Any) -> list[str | None]:
    ruling = scale_in(wanting(facts(seen, **{**WIDE, **spec}), wanted))
    if ruling.action is None:
        return []
    assert isinstance(ruling.action, BeginOperation)
    steps = ruling.action.operation.steps
    leaving = [s for s in steps if s.name is StepName.REMOVE_NODE]
    assert [s.nodes for s in leaving] == [2 - i for i in range(len(leaving))]
    assert [s.target for s in steps if s.name is StepName.DRAIN] == [s.target for s in leaving]
    return [s.target for s in leaving]


def test_the_youngest_nodes_go_first() -> None:
    assert going(three(), 1) == [b.node(2), b.node(1)]
    assert going(three(), 2) == [b.node(2)]
    assert going(three(), 3) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"nodes": {"min": 2, "max": 9}},
        {"nodes": {"min": 2, "max": 9}, "copies": {"min": 2, "max": 9}},
        {"nodes": {"min": 1, "max": 9}, "copies": {"min": 2, "max": 9}},
    ],
)
def test_never_below_the_minimums(spec: dict[str, Any]) -> None:
    left = 3 - len(going(three(), 0, **spec))
    assert left == max(spec["nodes"]["min"], spec.get("copies", WIDE["copies"])["min"])


def test_voters_stay() -> None:
    voting = {"weaviate": {"raftVoters": 3}}
    assert going(three(), 1, **voting) == []


def test_a_node_that_holds_too_few_others_copies_keeps_the_older_ones_as_well() -> None:
    held = (b.collection("Note", replicas=(2,)), b.collection("Ticket", replicas=(0, 1, 2)))
    assert going(three(database=b.database(3, held)), 1) == []


def test_a_node_that_holds_a_tenant_stays() -> None:
    held = (b.collection("Note", replicas=(0, 1, 2)), b.collection("Tenants", replicas=(0, 2), multi_tenant=True))
    assert going(three(database=b.database(3, held)), 1) == []


def operation(*steps: Step) -> Operation:
    return Operation(id="o", kind=OperationKind.SCALE_OUT, why="d", epoch=1, started_at=b.NOW, steps=steps)


def step(name: StepName, target: int | None = None, **changes: Any) -> Step:
    return Step(name=name, target=None if target is None else b.node(target), **changes)


def test_nothing_runs_before_the_nodes_are_there() -> None:
    steps = (step(StepName.ADD_NODE, 1), step(StepName.AWAIT_NODE, 1), step(StepName.AWAIT_NODE, 2))
    assert may_run(operation(*steps), 10) == (0,)
    done = steps[0].model_copy(update={"state": StepState.DONE})
    assert may_run(operation(done, *steps[1:]), 10) == (1, 2)


def test_a_factor_waits_for_every_copy_of_its_collection_and_for_no_other() -> None:
    copies = [step(StepName.COPY, i, collection=c) for i in (1, 2) for c in ("Note", "Ticket")]
    done = [c.model_copy(update={"state": StepState.DONE}) if c.collection == "Note" else c for c in copies]
    factors = [step(StepName.RAISE_FACTOR, collection=c) for c in ("Note", "Ticket")]
    assert may_run(operation(*copies, *factors), 10) == (0, 2)
    assert may_run(operation(*done, *factors), 10) == (1, 3, 4)


def test_a_copy_that_is_tried_again_keeps_its_place_among_those_at_once() -> None:
    first, second = step(StepName.COPY, 1), step(StepName.COPY, 2, started_at=b.NOW - 60)
    assert may_run(operation(first, second), 1) == (1,)
    assert may_run(operation(first, second), 2) == (0, 1)
