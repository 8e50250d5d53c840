"""A node is taken away while documents are written and searched, whatever happens to the operator, and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cluster import Cluster
from tests.e2e.conftest import sized_spec
from tests.e2e.documents import (
    ask_node,
    await_counts,
    documents_on,
    factor,
    load_documents,
    members,
    replicas,
)
from tests.e2e.searches import Searches
from tests.e2e.steps import kill_in_step
from tests.e2e.writes import Writes, assert_all_there
from tests.objects import get, wait_for
from tests.tiers import Tier

FIRST, SECOND = "large-weaviate-0", "large-weaviate-1"
STEPS = ["Drain", "DropCopy", "RemoveNode", "RemoveFromRaft"]
"""In which the operator dies."""
BEGUN_SECONDS = 180.0
"""Until a step is begun: with the metrics, a new operator and counts of objects that lag before it."""
ENDED_SECONDS = 300.0


@pytest.fixture(scope="module")
def large(standing: Callable[[str], Tier]) -> Tier:
    """Two nodes that both hold every document and both serve."""
    tier = standing("large")
    load_documents(tier, factor=2)
    tier.await_serving(2)
    return tier


@pytest.fixture(scope="module")
def writes(large: Tier) -> Writes:
    """What was written to the tier, by all tests of this file."""
    return Writes(large)


def test_a_node_goes_with_nothing_lost_and_no_search_failed_though_the_operator_dies_four_times(
    large: Tier, writes: Writes, node: Cluster
) -> None:
    claim = claim_of(large, SECOND)
    with Searches(large) as searches, writes:
        searches.await_answers(100)
        writes.await_more(20)
        large.apply(sized_spec(1))
        killed = [step for step in STEPS if kill_in_step(node, large, step, BEGUN_SECONDS)]
        done = wait_for("the operation to end", lambda: large.ended(1), ENDED_SECONDS)
        large.await_ready()
        searches.await_answers(100)
        writes.await_more(20)
    assert searches.failures == {}
    assert killed == STEPS
    assert (done["kind"], done["result"]) == ("ScaleIn", "Succeeded"), done["message"]
    assert [pod["metadata"]["name"] for pod in large.pods()] == [FIRST]
    assert (large.status["nodes"], large.status["servingNodes"], large.status["copies"]) == (1, 1, 1)
    assert factor(large) == 1
    assert {tuple(names) for names in replicas(large)} == {(FIRST,)}
    assert members(large) == {FIRST: "HEALTHY"}
    assert in_raft(large) == [FIRST]
    assert claim_of(large, SECOND) == claim
    assert_all_there(large, writes, 0)


def test_the_node_comes_back_on_a_volume_of_its_own_and_both_hold_everything(large: Tier, writes: Writes) -> None:
    old = claim_of(large, SECOND)
    with Searches(large) as searches, writes:
        searches.await_answers(50)
        large.apply(sized_spec(2))
        done = wait_for("the operation to end", lambda: large.ended(2), ENDED_SECONDS)
        large.await_serving(2)
        searches.await_answers(100)
        writes.await_more(20)
    assert searches.failures == {}
    assert (done["kind"], done["result"]) == ("ScaleOut", "Succeeded"), done["message"]
    assert (done["steps"][0]["name"], done["steps"][0]["target"]) == ("PurgeVolume", SECOND)
    assert claim_of(large, SECOND) != old
    assert in_raft(large) == [FIRST, SECOND]
    assert {tuple(names) for names in replicas(large)} == {(FIRST, SECOND)}
    assert factor(large) == 2
    for ordinal in (0, 1):
        assert_all_there(large, writes, ordinal)
    count = len(documents_on(large, 0))
    await_counts(large, {FIRST: count, SECOND: count})


def claim_of(tier: Tier, name: str) -> str:
    """The uid of a node's volume claim."""
    claim = get(tier.kubectl, "persistentvolumeclaim", f"data-{name}", tier.namespace)
    assert claim is not None, f"{name} has no volume claim"
    return str(claim["metadata"]["uid"])


def in_raft(tier: Tier) -> list[str]:
    """Whom raft's configuration names, by its leader."""
    found = ask_node(tier, 0, "/v1/cluster/statistics")["statistics"]
    leader = next(one for one in found if one["name"] == one["leaderId"])
    return sorted(member["id"] for member in leader["raft"]["latestConfiguration"])
