"""What the operator reports about a VectorTier. Integers only; written when a verdict changes, not every tick."""

from vectortier.api.base import ApiModel
from vectortier.api.conditions import Condition


class SearchStatus(ApiModel):
    """The service level indicator of searches over the long window."""

    requests: int
    bad_requests: int
    window_seconds: int
    age_seconds: int
    p50_milliseconds: int | None = None
    p99_milliseconds: int | None = None


class OperationStatus(ApiModel):
    """What is going on with the tier's data."""

    id: str
    kind: str
    step: int
    steps: int
    step_name: str
    message: str
    started_at: str
    bytes_total: int = 0
    bytes_moved: int = 0
    eta_seconds: int | None = None


class DecisionStatus(ApiModel):
    """One of the last ten different decisions."""

    time: str
    action: str
    reason: str
    message: str
    nodes: int
    copies: int


class VectorTierStatus(ApiModel):
    """The observed state of a VectorTier."""

    observed_generation: int = -1
    nodes: int = 0
    ready_nodes: int = 0
    serving_nodes: int = 0
    copies: int = 0
    endpoint: str = ""
    weaviate_version: str = ""
    search: SearchStatus | None = None
    operation: OperationStatus | None = None
    decisions: tuple[DecisionStatus, ...] = ()
    conditions: tuple[Condition, ...] = ()
