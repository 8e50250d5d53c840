"""The loop on a busy tier: what it would do, what it does blind, and growing while searches go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cluster import Cluster
from tests.e2e.conftest import busy_spec
from tests.e2e.documents import COUNT, await_counts, factor, load_documents, replicas
from tests.e2e.faults import await_looks, kill_operator, scale_prometheus
from tests.e2e.movements import Movements, listed
from tests.e2e.operator_metrics import looks
from tests.e2e.searches import Searches
from tests.objects import get, wait_for
from tests.tiers import Tier

MEASURED_SECONDS = 120.0
GROWN_SECONDS = 300.0


@pytest.fixture(scope="module")
def busy(standing: Callable[[str], Tier]) -> Tier:
    """A tier with documents; each test says in which mode it is to be."""
    tier = standing("busy")
    load_documents(tier)
    return tier


def await_condition(tier: Tier, kind: str, status: str, reason: str, timeout: float = MEASURED_SECONDS) -> None:
    """Wait until a condition has this status for this reason."""

    def so() -> bool | None:
        found = tier.condition(kind)
        return True if (found.get("status"), found.get("reason")) == (status, reason) else None

    wait_for(f"{kind}={status} {reason}", so, timeout)


def size(tier: Tier) -> int:
    """How many replicas the StatefulSet asks for."""
    found = get(tier.kubectl, "statefulset", f"{tier.name}-weaviate", tier.namespace) or {}
    return int(found["spec"]["replicas"])


def test_observe_says_what_it_would_do_and_does_nothing(busy: Tier, node: Cluster) -> None:
    busy.apply(busy_spec("Observe"))
    with Searches(busy):
        await_condition(busy, "SLOMet", "False", "SLOMissed")
        wait_for("the decision to be told", lambda: _told(busy, "add node busy-weaviate-1 and copy 1 shard"), 60)
        await_looks(lambda: looks(node, busy), 3)
    assert busy.condition("ScalingActive")["reason"] == "ObserveMode"
    assert busy.journal == {"operation": None, "history": []}
    assert size(busy) == 1
    assert listed(busy) == []


def test_without_prometheus_nothing_is_scaled_and_it_recovers_by_itself(busy: Tier, node: Cluster) -> None:
    busy.apply(busy_spec("Observe"))
    with Searches(busy):
        await_condition(busy, "SLOMet", "False", "SLOMissed")
        scale_prometheus(node, 0)
        try:
            await_condition(busy, "SLOMet", "Unknown", "MetricsUnavailable")
            # Were it not blind, it would grow now: it is missing its SLO, and may act.
            busy.apply(busy_spec("Auto"))
            await_looks(lambda: looks(node, busy), 3)
            assert busy.journal == {"operation": None, "history": []}
            assert size(busy) == 1
        finally:
            busy.apply(busy_spec("Observe"))
            scale_prometheus(node, 1)
        await_condition(busy, "SLOMet", "False", "SLOMissed")


def test_growing_under_load_survives_the_operator_and_fails_no_search(busy: Tier, node: Cluster) -> None:
    busy.apply(busy_spec("Auto"))
    with Searches(busy) as searches, Movements(busy) as movements:
        for step in ("AwaitNode", "Copy"):
            wait_for(f"the step {step} to be journalled", lambda step=step: _journalled(busy, step), GROWN_SECONDS)
            kill_operator(node)
        history = wait_for("the operation to end", lambda: busy.journal["history"] or None, GROWN_SECONDS)
        wait_for("both nodes to serve", lambda: True if busy.status.get("servingNodes") == 2 else None, 60)
        searches.await_answers(100)
    assert searches.failures == {}
    assert [(done["kind"], done["result"]) for done in history] == [("ScaleOut", "Succeeded")]
    copied = [step for step in history[0]["steps"] if step["name"] == "Copy"]
    # None, where the operator died after Weaviate had begun and before that was noted, and the copy was there by then.
    assert [step["attempts"] for step in copied] in ([0], [1])
    assert len(movements.seen) == 1, movements.seen
    assert listed(busy) == []
    assert size(busy) == 2
    assert replicas(busy) == [["busy-weaviate-0", "busy-weaviate-1"]]
    assert factor(busy) == 2
    await_counts(busy, {"busy-weaviate-0": COUNT, "busy-weaviate-1": COUNT})


def _told(tier: Tier, words: str) -> bool | None:
    return True if any(words in decision["message"] for decision in tier.status.get("decisions", ())) else None


def _journalled(tier: Tier, name: str) -> bool | None:
    steps = (tier.journal["operation"] or {}).get("steps", ())
    return True if any(step["name"] == name and step["state"] == "Journalled" for step in steps) else None
