"""A watched namespace goes away, and the Role in it: the operator goes on with the others, also after a restart."""

from __future__ import annotations

from collections.abc import Callable

from tests.cluster import Cluster
from tests.e2e.conftest import GONE, small_spec
from tests.e2e.faults import await_looks, kill_operator
from tests.e2e.operator_metrics import looks
from tests.objects import get
from tests.tiers import Tier


def test_a_namespace_goes_within_a_minute_and_the_operator_stays(new_tier: Callable[..., Tier], node: Cluster) -> None:
    other, tier = new_tier("other", small_spec(mode="Observe")), new_tier("short", small_spec(), namespace=GONE)
    tier.await_ready()
    tier.kubectl("delete", "namespace", GONE, "--timeout=60s", timeout=70)
    assert get(tier.kubectl, "namespace", GONE) is None
    other.await_ready()
    await_looks(lambda: looks(node, other), 3)
    kill_operator(node)
    await_looks(lambda: looks(node, other), 3)
    other.apply(small_spec(mode="Observe", gateway={"replicas": 2}))
    other.await_ready()
