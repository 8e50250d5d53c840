"""What holds for whatever is observed, sensible or not."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.decide import builders as b
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import Mode, VectorTierSpec
from vectortier.decide.facts.holders import held_by
from vectortier.decide.facts.placement import find_shard, is_active
from vectortier.decide.rules.gates import NOTES
from vectortier.decide.tier import decide
from vectortier.model.journal import Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import (
    BeginOperation,
    DropCopy,
    Outcome,
    Plan,
    RemoveFromRaft,
    RemoveNode,
    RestartNode,
    SetNodes,
)
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database, Movement, RaftMember
from vectortier.report.status import build_status

unknown = st.builds(Unknown, reason=st.just("MetricsUnavailable"), message=st.just("no answer"))
TAKING = (
    StepName.DRAIN,
    StepName.LOWER_FACTOR,
    StepName.DROP_COPY,
    StepName.REMOVE_NODE,
    StepName.REMOVE_FROM_RAFT,
    StepName.PURGE_VOLUME,
)
ordinals = st.integers(0, 3)
times = st.sampled_from([b.NOW - 1e6, b.NOW - 700.0, b.NOW - 100.0, b.NOW - 5.0, b.NOW])
numbers = st.sampled_from([0.0, 0.5, 5.0, 500.0, 1e9, float("nan"), float("inf"), -1.0])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly known."""
    return st.one_of(strategy, strategy, strategy, strategy, unknown)


@st.composite
def specs(draw: st.DrawFn) -> VectorTierSpec:
    low, high = sorted((draw(st.integers(1, 4)), draw(st.integers(1, 4))))
    fewest, most = sorted((draw(st.integers(1, low)), draw(st.integers(1, high))))
    mode = draw(st.sampled_from(["Auto", "Auto", "Observe"]))
    return b.spec(nodes={"min": low, "max": high}, copies={"min": fewest, "max": most}, mode=mode)


@st.composite
def workloads(draw: st.DrawFn) -> Any:
    desired = draw(st.integers(0, 4))
    pods = tuple(
        b.pod(
            i,
            ready=draw(st.booleans()),
            started_at=draw(st.one_of(st.none(), times)),
            ready_since=draw(st.one_of(st.none(), times)),
            terminating=draw(st.sampled_from([False, False, False, True])),
        )
        for i in sorted(draw(st.sets(ordinals)))
    )
    return b.workload(desired_nodes=desired, pods=pods)


@st.composite
def databases(draw: st.DrawFn) -> Database:
    held = tuple(
        b.collection(name, replicas=tuple(sorted(draw(st.sets(ordinals, min_size=1)))), factor=draw(st.integers(1, 3)))
        for name in draw(st.sets(st.sampled_from(["Note", "Ticket"])))
    )
    statuses = st.sampled_from(["HEALTHY", "HEALTHY", "HEALTHY", "TIMEOUT", "UNHEALTHY", "UNAVAILABLE"])
    members = tuple(b.member(i, held, status=draw(statuses)) for i in sorted(draw(st.sets(ordinals))))
    raft = tuple(RaftMember(id=b.node(i), voter=i == 0) for i in sorted(draw(st.sets(ordinals))))
    movements = tuple(
        Movement(
            id=f"m{i}",
            collection=draw(st.sampled_from(["Note", "Ticket"])),
            shard="s0",
            source=b.node(0),
            target=b.node(draw(ordinals)),
            kind=draw(st.sampled_from(["COPY", "MOVE"])),
            state=draw(st.sampled_from(["REGISTERED", "HYDRATING", "INTEGRATING", "READY", "CANCELLED"])),
        )
        for i in range(draw(st.integers(0, 2)))
    )
    return b.database(members=members, raft=raft, collections=held, movements=movements)


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """A scale-out to one node or two, or a scale-in, however far it got."""
    targets = [b.node(i) for i in draw(st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True))]
    state = st.sampled_from(list(StepState))

    def step(name: StepName, **fields: Any) -> Step:
        times_and_tries = {"started_at": draw(st.one_of(st.none(), times)), "attempts": draw(st.integers(0, 4))}
        return Step(name=name, state=draw(state), **times_and_tries, **fields)

    if draw(st.sampled_from([False, False, False, True])):
        kind = OperationKind.SCALE_IN
        steps = [
            *(step(StepName.DRAIN, target=t) for t in targets),
            step(StepName.LOWER_FACTOR, collection="Ticket", factor=1),
            *(
                one
                for t in targets
                for one in (
                    step(StepName.DROP_COPY, collection="Ticket", shard="s0", target=t),
                    step(StepName.REMOVE_NODE, target=t, nodes=int(t[-1])),
                    step(StepName.REMOVE_FROM_RAFT, target=t, nodes=int(t[-1])),
                )
            ),
        ]
    else:
        kind = OperationKind.SCALE_OUT
        steps = [
            step(StepName.ADD_NODE, target=targets[0], nodes=draw(st.integers(1, 5))),
            *(step(StepName.AWAIT_NODE, target=t) for t in targets),
            *(step(StepName.COPY, collection="Ticket", shard="s0", target=t) for t in targets),
            step(StepName.RAISE_FACTOR, collection="Ticket", factor=2),
            *(step(name, target=t) for t in targets for name in (StepName.WARM, StepName.SERVE)),
        ]
    first = draw(st.integers(0, len(steps) - 1))
    return Operation(id="o-1", kind=kind, why="d", epoch=1, started_at=b.NOW - 60, steps=tuple(steps[first:]))


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    past = draw(st.one_of(st.none(), operations()))
    ended = {"finished_at": b.NOW - draw(st.sampled_from([10.0, 1e5])), "result": draw(st.sampled_from(list(Result)))}
    return Journal(
        operation=draw(st.one_of(st.none(), operations())),
        history=(past.model_copy(update=ended),) if past is not None else (),
        serving=b.serving(*sorted(draw(st.sets(ordinals)))),
    )


@st.composite
def loads(draw: st.DrawFn) -> Any:
    parts = {}
    if draw(st.booleans()):
        parts["short"] = draw(maybe(st.builds(b.window, st.just(60), numbers, numbers, numbers)))
        parts["long"] = draw(maybe(st.builds(b.window, st.just(300), numbers, numbers, numbers)))
    if draw(st.booleans()):
        parts["missed_seconds"] = draw(maybe(numbers))
        parts["writes_per_second"] = draw(maybe(numbers))
    return b.load(draw(st.sampled_from([0.0, 0.1])), **parts)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    annotations = draw(st.sampled_from([{}, {}, {"vectortier.dev/pause": "true"}]))
    return b.observation(
        tier=b.identity(annotations=annotations),
        workload=draw(maybe(workloads())),
        database=draw(maybe(databases())),
        load=draw(maybe(loads())),
        journal=draw(maybe(journals())),
    )


@st.composite
def healthy(draw: st.DrawFn) -> Observation:
    """Everything is fine but for the load: random observations seldom get as far as a proposal."""
    nodes = draw(st.integers(1, 4))
    held = tuple(b.collection(n, replicas=tuple(range(draw(st.integers(1, nodes))))) for n in ("Note", "Ticket"))
    return b.observation(
        workload=b.workload(nodes),
        database=b.database(nodes, held),
        load=draw(loads()),
        journal=Journal(
            serving=b.serving(*range(draw(st.integers(1, nodes)))), operation=draw(st.one_of(st.none(), operations()))
        ),
    )


@st.composite
def shrinking(draw: st.DrawFn) -> Observation:
    """Everything is fine but for the load, and one of the youngest nodes is to go."""
    nodes = draw(st.integers(2, 4))
    going = draw(st.integers(max(1, nodes - 2), nodes - 1))
    took = {"state": draw(st.sampled_from(list(StepState))), "started_at": b.NOW - draw(st.sampled_from([5, 50, 1000]))}
    name = draw(st.sampled_from(TAKING))
    place = {"collection": "Ticket", "shard": "s0"} if name is StepName.DROP_COPY else {}
    if name is StepName.LOWER_FACTOR:
        place = {"collection": "Ticket"}
    step = Step(name=name, target=b.node(going), nodes=going, factor=1, **place, **took)
    operation = Operation(
        id="o-1", kind=OperationKind.SCALE_IN, why="d", epoch=1, started_at=b.NOW - 60, copies=1, steps=(step,)
    )
    serving = b.serving(*range(draw(st.integers(1, nodes))))
    held = (b.collection(replicas=tuple(draw(st.sets(st.integers(0, nodes - 1), min_size=1)))),)
    raft = b.database(4).raft[: draw(st.integers(1, 4))]
    return b.observation(
        nodes,
        database=b.database(nodes, held, raft=raft),
        journal=Journal(operation=operation, serving=serving),
        load=draw(loads()),
    )


def decided_again_it_is_the_same(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    assert decide(spec, seen, seen.now) == plan


def the_tier_never_grows_past_its_bounds(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    if isinstance(plan.action, SetNodes):
        assert plan.action.nodes <= spec.nodes.max
    if isinstance(plan.action, BeginOperation):
        assert plan.action.operation.nodes <= spec.nodes.max
        copies = [s for s in plan.action.operation.steps if s.name is StepName.COPY]
        assert not copies or plan.action.operation.copies <= spec.copies.max


def nodes_are_never_added_on_missing_knowledge(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    parts = (seen.workload, seen.database, seen.journal, seen.load)
    windows = () if isinstance(seen.load, Unknown) else (seen.load.short, seen.load.long)
    if any(isinstance(p, Unknown) for p in (*parts, *windows)):
        assert not isinstance(plan.action, SetNodes | BeginOperation)


def a_second_operation_is_never_begun(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    if not isinstance(seen.journal, Unknown) and seen.journal.operation is not None:
        assert not isinstance(plan.action, BeginOperation)


def a_node_goes_only_when_it_is_the_youngest_holds_nothing_and_nobody_is_sent_to_it(
    spec: VectorTierSpec, seen: Observation, plan: Plan
) -> None:
    if isinstance(seen.workload, Unknown) or isinstance(seen.journal, Unknown) or isinstance(seen.database, Unknown):
        assert not isinstance(plan.action, RemoveNode | DropCopy | RemoveFromRaft)
        return
    if isinstance(plan.action, SetNodes):
        assert plan.action.nodes > seen.workload.desired_nodes
    if isinstance(plan.action, RemoveNode):
        assert plan.action.nodes >= max(seen.workload.desired_nodes - 1, spec.nodes.min)
        assert plan.action.node == b.node(plan.action.nodes)
        assert plan.action.node not in {e.pod for e in (*(plan.serving or ()), *seen.journal.serving)}
        assert not held_by(seen.database, plan.action.node)
        assert not any(r.voter and r.id == plan.action.node for r in seen.database.raft)


def what_is_dropped_is_elsewhere_and_raft_forgets_nobody_who_is_named(
    spec: VectorTierSpec, seen: Observation, plan: Plan
) -> None:
    if isinstance(plan.action, DropCopy) and not isinstance(seen.database, Unknown):
        shard = find_shard(seen.database, plan.action.collection, plan.action.shard)
        assert shard is not None
        assert len(set(shard.replicas) - {plan.action.node}) >= max(1, spec.copies.min)
        assert not any(is_active(m.state) and m.source == plan.action.node for m in seen.database.movements)
    if isinstance(plan.action, RemoveFromRaft) and not isinstance(seen.database, Unknown):
        assert not held_by(seen.database, plan.action.node)
        assert plan.action.node not in {m.name for m in seen.database.members}


def nothing_is_moved_in_mode_observe_or_while_paused(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    if seen.tier.annotations:
        assert plan.action is None or isinstance(plan.action, NOTES)
    if spec.mode is Mode.OBSERVE:
        assert plan.action is None or isinstance(plan.action, (*NOTES, RestartNode))


def the_last_verdict_is_the_decision(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    assert (plan.verdicts[-1].reason, plan.verdicts[-1].message) == (plan.reason, plan.message)
    assert (plan.verdicts[-1].outcome is Outcome.PROPOSE) == (plan.action is not None)


def the_serving_set_is_never_empty_and_names_only_pods_that_run(
    spec: VectorTierSpec, seen: Observation, plan: Plan
) -> None:
    if plan.serving is not None:
        assert not isinstance(seen.workload, Unknown)
        running = {p.name for p in seen.workload.pods if p.started_at is not None and not p.terminating}
        assert plan.serving
        assert {e.pod for e in plan.serving} <= running


def a_status_is_written_once_for_the_same_observation(spec: VectorTierSpec, seen: Observation, plan: Plan) -> None:
    first = build_status(spec, seen, plan, ActionOutcome(), VectorTierStatus(), seen.now)
    assert build_status(spec, seen, plan, ActionOutcome(), first, seen.now + 3600) is first
    assert len({c.type for c in first.conditions}) == len(first.conditions)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(specs(), st.one_of(observations(), healthy(), healthy(), shrinking()))
def test_whatever_is_observed(spec: VectorTierSpec, seen: Observation) -> None:
    """One test, because making the observations takes the time: each property is a sentence above."""
    plan = decide(spec, seen, seen.now)
    decided_again_it_is_the_same(spec, seen, plan)
    the_tier_never_grows_past_its_bounds(spec, seen, plan)
    nodes_are_never_added_on_missing_knowledge(spec, seen, plan)
    a_second_operation_is_never_begun(spec, seen, plan)
    a_node_goes_only_when_it_is_the_youngest_holds_nothing_and_nobody_is_sent_to_it(spec, seen, plan)
    what_is_dropped_is_elsewhere_and_raft_forgets_nobody_who_is_named(spec, seen, plan)
    nothing_is_moved_in_mode_observe_or_while_paused(spec, seen, plan)
    the_last_verdict_is_the_decision(spec, seen, plan)
    the_serving_set_is_never_empty_and_names_only_pods_that_run(spec, seen, plan)
    a_status_is_written_once_for_the_same_observation(spec, seen, plan)
