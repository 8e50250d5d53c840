"""Where benchmarks run: a node of their own with the operator installed from its manifests, gone afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import Cluster, print_plainly
from tests.demo import database
from tests.demo.corpus import Corpus
from tests.demo.database import Address
from tests.installation import install_operator
from tests.tiers import Tier

CLUSTER = "bench"
NAMESPACE = "bench"
_OPERATOR = Path(__file__).parent / "operator"
# Weaviate flushes what was written last a minute later: a stall that belongs to the loading, not to what is measured.
_FLUSHED_AFTER_SECONDS = 90.0


@contextmanager
def stage(keep: bool) -> Iterator[Cluster]:
    """The cluster `bench` with the operator of this checkout; it is taken down at the end unless it is to be kept.

    Raises ClusterError when the machine cannot run it, TimeoutError when the operator does not come up.
    """
    cluster = Cluster.up(CLUSTER, "node", print_plainly)
    try:
        cluster.load_operator(print_plainly)
        install_operator(cluster, _OPERATOR, NAMESPACE)
        yield cluster
    finally:
        if not keep:
            cluster.down()


def fill(subject: Tier, corpus: Corpus) -> None:
    """Load the documents through the front door, and wait until Weaviate has flushed them."""
    with database.connected(Address(subject.address, api_key=subject.api_key)) as client:
        database.load(client, corpus, lambda done, of: None)
    time.sleep(_FLUSHED_AFTER_SECONDS)


@contextmanager
def tier(cluster: Cluster, name: str, spec: Mapping[str, Any]) -> Iterator[Tier]:
    """A tier that is Ready, deleted with its volumes at the end."""
    made = Tier(cluster.kubectl, NAMESPACE, name)
    made.apply(spec)
    try:
        made.await_ready()
        yield made
    finally:
        made.delete()


def small_spec(**changes: Any) -> dict[str, Any]:
    """The demo's sizes: Weaviate pods of 300m CPU. Nothing in it ever asks for an action by itself."""
    spec: dict[str, Any] = {
        "nodes": {"min": 1, "max": 3},
        "copies": {"min": 1, "max": 3},
        "weaviate": {
            "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"cpu": "300m", "memory": "800Mi"}},
            "storage": {"size": "1Gi"},
        },
        "gateway": {"replicas": 1, "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}},
        "slo": {"search": {"p99Milliseconds": 250}},
        "deletionPolicy": "Delete",
    }
    return {**spec, **changes}
