"""What the operator reports about a VectorTier. Integers only; written when a verdict changes, not every tick."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from vectortier.api.base import ApiModel
from vectortier.api.conditions import Conditions

# Above this an integer is no longer exact in JSON readers that use doubles.
MAX_EXACT = 2**53 - 1
MAX_TEXT = 1024


def _clip(text: object) -> object:
    """A text that quotes an error may be of any length; the report about it must still be storable."""
    if isinstance(text, str) and len(text) > MAX_TEXT:
        return text[: MAX_TEXT - 1] + "…"
    return text


Count = Annotated[int, Field(ge=0, le=MAX_EXACT)]
NodeCount = Annotated[int, Field(ge=0, le=1000)]
Generation = Annotated[int, Field(ge=-1, le=MAX_EXACT)]
Word = Annotated[str, Field(max_length=128)]
Text = Annotated[str, BeforeValidator(_clip), Field(max_length=MAX_TEXT)]
Time = Annotated[str, Field(max_length=40)]


class SearchStatus(ApiModel):
    """The service level indicator of searches over the long window."""

    requests: Count = Field(description="Requests that count, in the window.")
    bad_requests: Count = Field(description="Those of them that were bad: late, failed or shed.")
    window_seconds: Count = Field(description="Length of the window, in seconds.")
    age_seconds: Count = Field(description="Age of the newest sample, in seconds.")
    p50_milliseconds: Count | None = Field(
        default=None,
        description="Median latency over the short window, an estimate, in milliseconds; absent when unknown.",
    )
    p99_milliseconds: Count | None = Field(
        default=None,
        description="99th percentile over the short window, an estimate, in milliseconds; absent when unknown.",
    )


class OperationStatus(ApiModel):
    """What is going on with the tier's data."""

    id: Word = Field(description="Name of the operation. Example: 'scaleout-3f2a9c1b04'.")
    kind: Word = Field(description="Kind of the operation. Example: 'ScaleOut'.")
    step: Count = Field(description="The step that is being taken, counted from 1.")
    steps: Count = Field(description="How many steps there are.")
    step_name: Word = Field(description="Name of the step. Example: 'Copy'.")
    message: Text = Field(description="What the step does and what it waits for.")
    started_at: Time = Field(description="When the operation started.")
    bytes_total: Count = Field(default=0, description="Bytes to move in all.")
    bytes_moved: Count = Field(default=0, description="Bytes moved so far.")
    eta_seconds: Count | None = Field(
        default=None,
        description="Seconds until the operation ends, as predicted from what earlier ones took; absent when unknown, "
        "and while something stands in its way.",
    )


class PredictedStatus(ApiModel):
    """What an operation was predicted to cost before it began."""

    bytes: Count | None = Field(default=None, description="Bytes to move; absent when unknown.")
    seconds: Count | None = Field(default=None, description="Seconds that the copies take; absent when unknown.")
    p99_milliseconds: Count | None = Field(
        default=None,
        description="99th percentile of searches meanwhile, in milliseconds; absent when unknown.",
    )


class DecisionStatus(ApiModel):
    """One of the last ten different decisions."""

    id: Word = Field(default="", description="Name of the decision, as in the log and in the operation that it began.")
    time: Time = Field(description="When the decision was first made.")
    action: Word = Field(description="What was decided. Example: 'ScaleOut' or 'Hold'.")
    reason: Word = Field(description="Why, in one word. Example: 'CoolingDown'.")
    message: Text = Field(description="Why, with the numbers.")
    nodes: NodeCount = Field(description="Nodes wanted.")
    copies: NodeCount = Field(description="Copies wanted.")
    predicted: PredictedStatus | None = Field(
        default=None, description="What the operation was predicted to cost; absent when none was begun."
    )
    learned_hash: Word = Field(default="", description="Names the learned parameters that the decision was made with.")


class ProposalStatus(ApiModel):
    """An operation that waits for somebody's approval."""

    hash: Word = Field(description="Names the proposal: approve it with the annotation vectortier.dev/approve=HASH.")
    kind: Word = Field(description="Kind of the operation. Example: 'ScaleOut'.")
    message: Text = Field(description="What would be done, and why.")
    nodes: NodeCount = Field(description="Nodes afterwards.")
    copies: NodeCount = Field(description="Copies afterwards.")
    steps: Count = Field(description="How many steps there are.")
    shards: Count = Field(default=0, description="Copies of shards that would be made or dropped.")
    predicted: PredictedStatus = Field(default=PredictedStatus(), description="What it is predicted to cost.")


class VectorTierStatus(ApiModel):
    """The observed state of a VectorTier."""

    observed_generation: Generation = Field(
        default=-1, description="The generation of the spec that this status is about; -1 before the first look."
    )
    nodes: NodeCount = Field(default=0, description="Weaviate nodes that exist.")
    ready_nodes: NodeCount = Field(default=0, description="Weaviate nodes that are ready and members of the cluster.")
    serving_nodes: NodeCount = Field(default=0, description="Weaviate nodes that the gateway sends requests to.")
    copies: NodeCount = Field(default=0, description="Copies of a shard, the least over all collections.")
    endpoint: Annotated[str, Field(max_length=512)] = Field(
        default="", description="Address of the front door, inside the cluster."
    )
    weaviate_version: Word = Field(default="", description="Version that the nodes run; empty when unknown.")
    search: SearchStatus | None = Field(
        default=None, description="The service level indicator of searches; absent when unknown."
    )
    operation: OperationStatus | None = Field(
        default=None, description="The operation in flight; absent when there is none."
    )
    proposal: ProposalStatus | None = Field(
        default=None, description="What waits for approval, with rebalance.approval Manual; absent when nothing does."
    )
    decisions: Annotated[tuple[DecisionStatus, ...], Field(max_length=10)] = Field(
        default=(), description="The last ten different decisions, the newest first."
    )
    conditions: Conditions = Field(default=(), description="The conditions of the tier.")
