"""The operator's own settings: everything that is not a tier's business."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What `vectortier run` was told. Times are seconds."""

    namespaces: tuple[str, ...]
    operator_namespace: str
    operator_image: str
    identity: str
    """Who this process is among those that want to lead; unique for each start."""
    xds_address: str
    prometheus_url: str
    prometheus_headers: Mapping[str, str] = field(default_factory=dict)
    prometheus_ca: Path | None = None
    prometheus_token_file: Path | None = None
    weaviate_url: str = "http://{ip}:8080"
    """How a Weaviate node is reached; {ip}, {pod}, {ordinal} and {namespace} are filled in."""
    weaviate_cluster_url: str = "http://{ip}:7947"
    """The same for the port through which the nodes talk to each other."""
    lease_namespace: str | None = None
    lease_name: str = "vectortier-operator"
    lease_seconds: float = 15.0
    xds_port: int = 18000
    metrics_port: int = 8000
    probe_port: int = 8081
    look_seconds: float = 6.0
    """Deadline of the reads from Weaviate and Prometheus together."""
    resync_seconds: float = 15.0
    record: Path | None = None
    record_keep: int = 5760
    """How many looks at each tier stay recorded."""
