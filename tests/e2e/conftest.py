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
_SECONDS_TO_START = 240.0


@pytest.fixture(scope="session")
def node() -> Iterator[Cluster]:
    """A node of this checkout's own, beside a running demo. VECTORTIER_KEEP=1 leaves it up to look at."""
    try:
        cluster = Cluster.up("test", "node", print_plainly)
        cluster.load_operator(print_plainly)
        install_operator(cluster, Path(__file__).parent / "operator", NAMESPACE, GONE)
        for name in standing_specs():
            Tier(cluster.kubectl, NAMESPACE, name).delete()  # of an earlier run
        for name, spec in standing_specs().items():
            Tier(cluster.kubectl, NAMESPACE, name).apply(spec)
        yield cluster
    finally:
        if not os.environ.get("VECTORTIER_KEEP"):
            Cluster("test").down()


@pytest.fixture(scope="session")
def standing(node: Cluster) -> Callable[[str], Tier]:
    """Hands out the tiers that are started at once, with the node: starting one by one takes minutes."""

    def find(name: str) -> Tier:
        tier = Tier(node.kubectl, NAMESPACE, name)
        tier.await_ready(_SECONDS_TO_START)
        return tier

    return find


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


def busy_spec(mode: str) -> dict[str, Any]:
    """A tier that may grow by one node and one copy. Its promise of 1 ms cannot be kept, and it is judged over the
    shortest windows that the schema allows. Without a limit of processors it is not known how busy the node is, so the
    miss is taken for saturation; with one, it would be seen that the node has time."""
    small = small_spec()["weaviate"]
    limits = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}}
    return small_spec(
        weaviate={**small, "resources": limits},
        mode=mode,
        nodes={"min": 1, "max": 2},
        copies={"min": 1, "max": 2},
        slo={"search": {"p99Milliseconds": 1, "minRequests": 50}},
        damping={
            "windows": {"shortSeconds": 15, "longSeconds": 30},
            "scaleOut": {"stabilizationWindowSeconds": 0, "cooldownSeconds": 3600},
        },
    )


def sized_spec(size: int) -> dict[str, Any]:
    """A tier of exactly so many nodes and copies, whatever the load: without a limit of processors it is not known how
    many are needed, and the promise is one that is kept on a busy machine as well."""
    small = small_spec()["weaviate"]
    limits = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}}
    return small_spec(
        weaviate={**small, "resources": limits},
        nodes={"min": size, "max": size},
        copies={"min": size, "max": size},
        slo={"search": {"p99Milliseconds": 5000}},
        damping={"windows": {"shortSeconds": 15, "longSeconds": 30}},
    )


def standing_specs() -> dict[str, dict[str, Any]]:
    """The tiers that are started at once, by name; each belongs to one file of tests."""
    return {
        "one": small_spec(),
        "busy": busy_spec("Observe"),
        "pair": small_spec(nodes={"min": 2, "max": 2}, copies={"min": 1, "max": 2}),
        "large": sized_spec(2),
        "apart": small_spec(nodes={"min": 2, "max": 2}, copies={"min": 1, "max": 1}),
    }
