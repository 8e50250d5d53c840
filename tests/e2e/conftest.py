"""One node for all tests of this folder, with the operator installed; gone when the run ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import Cluster, print_plainly
from tests.installation import install_operator
from tests.tiers import Tier

NAMESPACE = "e2e"
GONE = "e2e-gone"


@pytest.fixture(scope="session")
def node() -> Iterator[Cluster]:
    """A node of this checkout's own, beside a running demo. VECTORTIER_KEEP=1 leaves it up to look at."""
    try:
        cluster = Cluster.up("test", "node", print_plainly)
        cluster.load_operator(print_plainly)
        install_operator(cluster, Path(__file__).parent / "operator", NAMESPACE, GONE)
        yield cluster
    finally:
        if not os.environ.get("VECTORTIER_KEEP"):
            Cluster("test").down()


@pytest.fixture
def new_tier(node: Cluster) -> Iterator[Callable[..., Tier]]:
    """Makes tiers that are deleted with their volumes when the test ends."""
    made: list[Tier] = []

    def make(name: str, spec: dict[str, Any], namespace: str = NAMESPACE) -> Tier:
        tier = Tier(node.kubectl, namespace, name)
        made.append(tier)
        tier.apply(spec)
        return tier

    yield make
    for tier in made:
        tier.delete()


def small_spec(**changes: Any) -> dict[str, Any]:
    """A tier that fits many times on a small machine."""
    spec: dict[str, Any] = {
        "nodes": {"min": 1, "max": 3},
        "copies": {"min": 1, "max": 3},
        "weaviate": {
            "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "1Gi"}},
            "storage": {"size": "1Gi"},
        },
        "gateway": {"replicas": 1, "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}},
        "slo": {"search": {"p99Milliseconds": 250}},
    }
    return {**spec, **changes}
