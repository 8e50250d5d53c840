"""The tier that everything is done to: two nodes with two copies of everything, or three with three."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from weaviate.classes.config import Configure
from weaviate.classes.data import DataObject

from tests.cluster import Cluster
from tests.cluster.builds.binaries import FORMER_WEAVIATE, WEAVIATE
from tests.e2e.documents import COLLECTION
from tests.tiers import Tier

NAMESPACE = "chaos"
COPIES_MIN = 2
SHARDS = 3
STEADY = 600
"""Documents that are never changed: what a search must find is known."""
SECTION = "steady"
_DIMENSIONS = 16


class Direction(StrEnum):
    """What the tier is asked to do, by the kind of operation that does it, in an order in which each can follow."""

    UPGRADE = "Upgrade"
    OUT = "ScaleOut"
    RESTART = "Restart"
    IN = "ScaleIn"

    @property
    def nodes(self) -> int:
        """How many nodes there are in the end."""
        return COPIES_MIN + 1 if self in (Direction.OUT, Direction.RESTART) else COPIES_MIN


@dataclass
class Subject:
    """One tier; `cluster` is where it is."""

    cluster: Cluster
    name: str = "subject"
    key: str = field(default="", repr=False)
    revision: int = 0
    """How often the spec has changed what nodes are made from."""
    version: str = FORMER_WEAVIATE
    """Of Weaviate."""

    @property
    def tier(self) -> Tier:
        """As a user sees it."""
        return Tier(self.cluster.kubectl, NAMESPACE, self.name)

    def node(self, ordinal: int) -> str:
        """The name of one node."""
        return f"{self.name}-weaviate-{ordinal}"

    def create(self) -> None:
        """Make it, with two nodes of the former Weaviate, and load the steady documents."""
        self.tier.apply(self._spec(COPIES_MIN))
        self.tier.await_ready(300)
        self.key = self.tier.api_key
        _load(self.tier)
        self.tier.await_serving(COPIES_MIN)

    def ask_for(self, direction: Direction) -> None:
        """Change the spec as Git would."""
        self.revision += direction is Direction.RESTART
        self.version = WEAVIATE if direction is Direction.UPGRADE else self.version
        self.tier.apply(self._spec(direction.nodes))

    def is_current(self) -> bool:
        """Whether every node was made from the spec as it is."""
        wanted = (self._processors, f"semitechnologies/weaviate:{self.version}")
        containers = (pod["spec"]["containers"][0] for pod in self.tier.pods())
        return all((c["resources"]["requests"]["cpu"], c["image"]) == wanted for c in containers)

    @property
    def _processors(self) -> str:
        """What a pod asks for; a change of it is a change of the pod, and of nothing else."""
        return f"{50 + self.revision}m"

    def _spec(self, size: int) -> dict[str, Any]:
        """A tier of exactly so many nodes and copies, whatever the load. Without a limit of processors it is not known
        how many are needed, and the promise is one that is kept on a busy machine as well."""
        return {
            "nodes": {"min": size, "max": size},
            "copies": {"min": size, "max": size},
            "weaviate": {
                "version": self.version,
                "resources": {
                    "requests": {"cpu": self._processors, "memory": "128Mi"},
                    "limits": {"memory": "1Gi"},
                },
                "storage": {"size": "1Gi"},
            },
            "gateway": {"replicas": 1, "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}},
            "slo": {"search": {"p99Milliseconds": 5000}},
            "damping": {"windows": {"shortSeconds": 15, "longSeconds": 30}},
        }


def steady_vectors() -> list[list[float]]:
    """The same each time, so that a search's answer can be told in advance."""
    draw = random.Random(7).random
    return [[draw() for _ in range(_DIMENSIONS)] for _ in range(STEADY)]


def _load(tier: Tier) -> None:
    with tier.client() as client:
        collection = client.collections.create(
            COLLECTION,
            vector_config=Configure.Vectors.self_provided(),
            sharding_config=Configure.sharding(desired_count=SHARDS),
            replication_config=Configure.replication(factor=COPIES_MIN),
        )
        rows = [
            DataObject({"name": f"steady-{n}", "description": "unchanged", "section": SECTION}, vector=vector)
            for n, vector in enumerate(steady_vectors())
        ]
        answer = collection.data.insert_many(rows)
        assert not answer.has_errors, answer.errors
