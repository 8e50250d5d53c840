"""What counts as which cause, at the edges that generated cases do not visit, and what the gate makes of it."""

import math
from typing import Any

import pytest

from tests.unit.decide import builders as b
from vectortier.api.reasons import Reason
from vectortier.decide.causes.cpu import LEAST_BEARABLE, MOST_BEARABLE, bearable, split
from vectortier.decide.causes.naming import causes, nodes_help
from vectortier.decide.causes.use import Costs
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.rules.cause import nodes_cure_it
from vectortier.model.load import Utilisation
from vectortier.model.plan import Outcome
from vectortier.model.value import Unknown

BLIND = Unknown(reason=Reason.METRICS_UNAVAILABLE, message="no cores")


def cpu(*used: float) -> tuple[Utilisation, ...]:
    return tuple(Utilisation(node=b.node(i), fraction=u) for i, u in enumerate(used))


def facts(used: Any, bad: float = 0.1, spec: dict[str, Any] | None = None, **load: Any) -> Facts:
    """A tier of as many nodes as shares are given; without any, of one whose use is not known."""
    shares = cpu(*used) if isinstance(used, tuple) else used
    count = max(1, len(used)) if isinstance(used, tuple) else 1
    wanted = b.spec(**{"weaviate": {"resources": {"limits": {"cpu": "4"}}}, **(spec or {})})
    rates = {"queries_per_second": 300.0, "writes_per_second": 0.0, **load}
    found = facts_of(Look(wanted, b.observation(count, load=b.load(bad, cpu=shares, **rates)), b.NOW))
    assert found is not None
    return found


def kinds(found: Facts) -> list[str]:
    return [c.kind for c in causes(found)]


def test_there_is_no_cause_while_the_promise_is_kept() -> None:
    assert causes(facts((0.95, 0.2), bad=0.005)) == ()
    assert nodes_cure_it(facts((0.95, 0.2), bad=0.005)) is None


@pytest.mark.parametrize("unknown", [(), BLIND])
def test_saturation_is_assumed_where_the_use_of_processors_is_not_known(unknown: Any) -> None:
    (cause,) = causes(facts(unknown))
    assert (cause.kind, cause.nodes_help) == (Reason.SATURATION, True)
    assert "not proved" in cause.evidence
    assert kinds(facts(unknown, queries_per_second=9.0, writes_per_second=400.0)) == ["WriteStorm"]


def test_a_node_without_a_reading_leaves_saturation_unproved() -> None:
    found = facts((0.2, 0.2))
    half = found.load.model_copy(update={"cpu": cpu(0.2)}) if not isinstance(found.load, Unknown) else None
    assert half is not None
    (cause,) = causes(Facts(**{**vars(found), "load": half}))
    assert "not proved" in cause.evidence


@pytest.mark.parametrize(
    ("writes", "wanted", "helped"),
    [
        (5.0, ["Saturation"], True),
        (70.0, ["Saturation", "WriteStorm"], True),
        (400.0, ["WriteStorm"], False),
    ],
)
def test_nodes_help_as_long_as_searches_take_more_than_writes(writes: float, wanted: list[str], helped: bool) -> None:
    found = facts((0.95,), writes_per_second=writes)
    assert (kinds(found), nodes_help(causes(found))) == (wanted, helped)


def test_what_a_write_costs_decides_whether_it_is_a_storm() -> None:
    found = facts((0.95,), writes_per_second=200.0)
    assert [c.kind for c in causes(found, Costs(2.8, 7.5))] == ["WriteStorm"]
    assert [c.kind for c in causes(found, Costs(2.8, 0.5))] == ["Saturation"]


def test_vectors_that_wait_to_be_indexed_are_writes_too() -> None:
    busy = facts((0.95,))
    member = busy.database.members[0]
    waiting = tuple(s.model_copy(update={"vector_queue_length": 50_000}) for s in member.shards)
    database = busy.database.model_copy(update={"members": (member.model_copy(update={"shards": waiting}),)})
    assert kinds(Facts(**{**vars(busy), "database": database})) == ["WriteStorm"]


def test_a_busy_tier_is_not_sick_because_its_nodes_gossip_late() -> None:
    busy = facts((0.95, 0.92))
    late = tuple(m.model_copy(update={"status": "UNHEALTHY"}) for m in busy.database.members[:1])
    database = busy.database.model_copy(update={"members": (*late, *busy.database.members[1:])})
    assert kinds(Facts(**{**vars(busy), "database": database})) == ["Saturation"]


def test_the_sick_node_is_named() -> None:
    (cause,) = causes(facts((0.25, 0.9, 0.28)))
    assert (cause.kind, cause.node, cause.nodes_help) == (Reason.SICK_NODE, b.node(1), False)


@pytest.mark.parametrize(
    ("used", "wanted"),
    [
        ((0.95, 0.6), ["SickNode"]),
        ((0.02, 0.9), ["SickNode"]),
        ((0.02, 0.99, 0.99, 0.99, 0.99, 0.99), ["Saturation", "SickNode"]),
    ],
    ids=["the busy one comes down to its peer", "the idle one takes its share", "even shares are still too much"],
)
def test_beside_a_sick_node_nodes_help_only_if_even_shares_are_too_much(
    used: tuple[float, ...], wanted: list[str]
) -> None:
    assert kinds(facts(used)) == wanted


def test_the_gate_holds_on_what_is_not_a_number() -> None:
    for found in (facts((math.nan,)), facts((0.9,), writes_per_second=math.inf)):
        ruling = nodes_cure_it(found)
        assert ruling is not None
        assert (ruling.outcome, ruling.reason) == (Outcome.HOLD, Reason.METRICS_INVALID)


def test_what_the_spec_asks_for_is_not_held_back() -> None:
    idle = facts((0.1,), spec={"nodes": {"min": 2, "max": 3}})
    assert kinds(idle) == ["CauseUnknown"]
    assert nodes_cure_it(idle) is None


def test_the_use_of_a_node_is_split_by_number_and_cost() -> None:
    assert split(0.8, 30.0, 10.0, 1.0, 3.0) == pytest.approx((0.4, 0.4))
    assert split(0.8, 0.0, 0.0, 1.0, 3.0) == (0.8, 0.0)


def test_many_cores_bear_more_than_few_and_a_tight_promise_less() -> None:
    assert bearable(16, 0.003, 0.25, 0.01) == MOST_BEARABLE
    assert bearable(2, 0.02, 0.05, 0.01) == LEAST_BEARABLE
    assert LEAST_BEARABLE < bearable(8, 0.02, 0.05, 0.01) < MOST_BEARABLE
