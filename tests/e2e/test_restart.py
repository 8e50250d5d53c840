"""A change of the spec arrives node by node, while documents are written and searched."""

from __future__ import annotations

from collections.abc import Callable

from tests.cluster import Cluster
from tests.e2e.conftest import sized_spec
from tests.e2e.documents import documents_on, load_documents, members
from tests.e2e.searches import Searches
from tests.e2e.steps import kill_in_step
from tests.e2e.writes import Writes, assert_all_there
from tests.objects import wait_for
from tests.tiers import Tier

FIRST, SECOND = "rolled-weaviate-0", "rolled-weaviate-1"
BEGUN_SECONDS = 180.0
ENDED_SECONDS = 300.0
REPAIRED_SECONDS = 180.0


def test_nodes_are_restarted_one_after_the_other_and_no_search_fails_though_the_operator_dies(
    new_tier: Callable[..., Tier], node: Cluster
) -> None:
    tier = new_tier("rolled", sized_spec(2))
    tier.await_ready()
    load_documents(tier, factor=2)
    tier.await_serving(2)
    before = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in tier.pods()}
    spec = sized_spec(2)
    spec["weaviate"]["resources"]["requests"]["cpu"] = "60m"
    writes = Writes(tier)
    with Searches(tier) as searches, writes:
        searches.await_answers(100)
        writes.await_more(20)
        tier.apply(spec)
        assert kill_in_step(node, tier, "RestartNode", BEGUN_SECONDS)
        done = wait_for("the operation to end", lambda: tier.ended(1), ENDED_SECONDS)
        tier.await_serving(2)
        searches.await_answers(100)
        writes.await_more(20)
    assert searches.failures == {}
    assert (done["kind"], done["result"]) == ("Restart", "Succeeded"), done["message"]
    assert [step["target"] for step in done["steps"] if step["name"] == "RestartNode"] == [SECOND, FIRST]
    after = {pod["metadata"]["name"]: pod for pod in tier.pods()}
    assert {name: pod["metadata"]["uid"] for name, pod in after.items()}.keys() == before.keys()
    for name, pod in after.items():
        assert pod["metadata"]["uid"] != before[name]
        assert pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "60m"
    both = {FIRST: "HEALTHY", SECOND: "HEALTHY"}
    wait_for("both nodes to be healthy", lambda: True if members(tier) == both else None, 60)
    wait_for("Weaviate to repair what a node has missed", lambda: are_alike(tier, writes), REPAIRED_SECONDS)
    for ordinal in (0, 1):
        assert_all_there(tier, writes, ordinal)


def are_alike(tier: Tier, writes: Writes) -> bool | None:
    """Whether both copies have what was acknowledged: a node that ends may lose what it has only in memory, and gets it
    back from the other one."""
    return True if all(writes.wrong(documents_on(tier, ordinal)) == [] for ordinal in (0, 1)) else None
