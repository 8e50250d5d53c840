"""A node that lost its network for a while: Weaviate leaves it standing apart for ever, the operator does not."""

from __future__ import annotations

from collections.abc import Callable

from tests.cluster import Cluster
from tests.e2e.documents import members
from tests.e2e.faults import cut_off
from tests.objects import wait_for
from tests.tiers import Tier

CUT_SECONDS = 25.0
HEALED_SECONDS = 420.0
"""Nodes that are late for a minute are left alone, and restarts are two minutes apart."""


def test_a_node_that_was_cut_off_comes_back_by_the_operators_doing(
    standing: Callable[[str], Tier], node: Cluster
) -> None:
    tier = standing("apart")
    before = identities(tier)
    together = {"apart-weaviate-0": "HEALTHY", "apart-weaviate-1": "HEALTHY"}
    with cut_off(node, tier.node(1), CUT_SECONDS):
        wait_for(
            "the node to be missed", lambda: True if set(members(tier) or ()) == {"apart-weaviate-0"} else None, 60
        )
    wait_for("the node to be restarted", lambda: _other(tier, before["apart-weaviate-1"]), HEALED_SECONDS)
    wait_for("both nodes to be healthy", lambda: True if members(tier) == together else None, 90)
    wait_for("both nodes to agree", lambda: True if members(tier, 1) == together else None, 30)
    tier.await_ready()
    after = identities(tier)
    assert {name for name in before if before[name] != after.get(name)} == {"apart-weaviate-1"}
    restarts = [decision for decision in tier.status["decisions"] if decision["action"] == "RestartNode"]
    assert [(decision["reason"], "apart-weaviate-1" in decision["message"]) for decision in restarts] == [
        ("NodeCutOff", True)
    ]


def identities(tier: Tier) -> dict[str, tuple[str, int]]:
    """Uid and restarts of every pod of the tier, gateways included."""
    pods = tier.pods("weaviate") + tier.pods("gateway")
    return {
        pod["metadata"]["name"]: (
            pod["metadata"]["uid"],
            sum(container["restartCount"] for container in pod["status"].get("containerStatuses", ())),
        )
        for pod in pods
    }


def _other(tier: Tier, before: tuple[str, int]) -> bool | None:
    return True if identities(tier).get("apart-weaviate-1", before) != before else None
