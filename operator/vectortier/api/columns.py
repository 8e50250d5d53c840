"""What `kubectl get` shows of the two kinds; wide columns only with `-o wide`."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column; the type must be that of the field, or kubectl shows nothing."""

    name: str
    path: str
    type: str = "string"
    description: str = ""
    wide: bool = False

    def to_schema(self) -> dict[str, Any]:
        """The column as one entry of additionalPrinterColumns."""
        entry: dict[str, Any] = {"name": self.name, "type": self.type, "jsonPath": self.path}
        if self.description:
            entry["description"] = self.description
        if self.wide:
            entry["priority"] = 1
        return entry


def _condition(condition: str, field: str) -> str:
    return f'.status.conditions[?(@.type=="{condition}")].{field}'


_AGE = Column("Age", ".metadata.creationTimestamp", "date", "Time since the object was created.")

TIER_COLUMNS = (
    Column("Ready", _condition("Ready", "status"), description="Whether the tier is as the spec asks and serves."),
    Column("Nodes", ".status.nodes", "integer", "Weaviate nodes that exist."),
    Column("Copies", ".status.copies", "integer", "Copies of a shard, the least over all collections."),
    Column("SLO ms", ".spec.slo.search.p99Milliseconds", "integer", "The promise: 99 % of searches within this time."),
    Column("p99 ms", ".status.search.p99Milliseconds", "integer", "The 99th percentile; empty when unknown."),
    Column("SLOMet", _condition("SLOMet", "status"), description="Whether the promise is kept; Unknown when blind."),
    Column("Reason", _condition("SLOMet", "reason"), description="Why the promise counts as kept, missed or unknown."),
    _AGE,
    Column("Serving", ".status.servingNodes", "integer", "Nodes that the gateway sends requests to.", wide=True),
    Column("Min", ".spec.nodes.min", "integer", "The least number of nodes.", wide=True),
    Column("Max", ".spec.nodes.max", "integer", "The greatest number of nodes.", wide=True),
    Column("Mode", ".spec.mode", description="Auto acts; Observe only reports.", wide=True),
    Column("Temperature", ".spec.temperature", description="Hot or Cold.", wide=True),
    Column("Version", ".status.weaviateVersion", description="Version that the nodes run.", wide=True),
    Column("Operation", ".status.operation.message", description="What is going on with the data.", wide=True),
    Column("Paused", _condition("Paused", "status"), description="Whether scaling is paused.", wide=True),
    Column("Status", _condition("Ready", "message"), description="Why the tier is ready, or why not.", wide=True),
)

PIPELINE_COLUMNS = (
    Column("Ready", _condition("Ready", "status"), description="Whether documents get in."),
    Column("Tier", ".spec.tierRef.name", description="The VectorTier that receives the documents."),
    Column("Collection", ".spec.collection", description="The collection that receives the documents."),
    Column("Workers", ".status.replicas", "integer", "Workers that exist."),
    Column("Reason", _condition("Ready", "reason"), description="Why the pipeline is ready, or why not."),
    _AGE,
    Column("Model", ".spec.embedding.model", description="The embedding model.", wide=True),
    Column("Scaling", ".spec.workers.scaling", description="Who sets the number of workers.", wide=True),
    Column("Status", _condition("Ready", "message"), description="Why the pipeline is ready, or why not.", wide=True),
)
