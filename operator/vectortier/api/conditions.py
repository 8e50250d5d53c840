"""Conditions with the meanings of the HPA and kstatus."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Mark, map_by

MAX_MESSAGE = 4096


class ConditionType(StrEnum):
    """Every condition of a VectorTier, with what its being true, false and unknown means."""

    when_true: str
    when_false: str
    when_unknown: str

    def __new__(cls, name: str, when_true: str, when_false: str, when_unknown: str) -> "ConditionType":
        """A member that equals its name as a string."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.when_true = when_true
        member.when_false = when_false
        member.when_unknown = when_unknown
        return member

    READY = (
        "Ready",
        "The cluster is as the spec asks and the tier serves.",
        "Something keeps the tier from serving or from being as the spec asks.",
        "The operator has not looked yet, or cannot see the tier.",
    )
    RECONCILING = ("Reconciling", "Work towards the spec is going on.", "Nothing is being changed.", "")
    STALLED = ("Stalled", "It will not succeed unless somebody changes something.", "Nothing is stuck.", "")
    SLO_MET = (
        "SLOMet",
        "At most 1 of 100 requests was bad over the long window; the message tells when the short one is over it.",
        "More than 1 of 100 requests was bad over the long window. To scale out, the short one has to be over it too.",
        "Too few requests, or the metrics are missing, stale, partial or invalid.",
    )
    SCALING_ACTIVE = (
        "ScalingActive",
        "The metrics allow a decision.",
        "Nothing is scaled: paused, observed only, or blind.",
        "The operator has not looked yet.",
    )
    ABLE_TO_SCALE = (
        "AbleToScale",
        "Nothing stands in the way of acting on a decision.",
        "Something must end or be mended first: an operation, a cool-down, a dead node.",
        "The state of the cluster is not known.",
    )
    SCALING_LIMITED = (
        "ScalingLimited",
        "The tier needs more than the bounds, the memory or the disks allow.",
        "The bounds do not matter at present.",
        "",
    )
    REBALANCING = ("Rebalancing", "Shards are being copied or moved.", "No shard is being moved.", "")
    ROTATING = ("Rotating", "Documents are being moved to the cold tier.", "No documents are being moved.", "")
    QUOTA_EXCEEDED = ("QuotaExceeded", "A tenant is past its cap.", "No tenant is past its cap.", "")
    PAUSED = ("Paused", "Scaling is paused by annotation.", "Nothing is paused.", "")


class ConditionStatus(StrEnum):
    """True, False or Unknown."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


def _clip(text: object) -> object:
    if isinstance(text, str) and len(text) > MAX_MESSAGE:
        return text[: MAX_MESSAGE - 1] + "…"
    return text


class Condition(ApiModel):
    """One condition, as the Kubernetes API conventions define it.

    The type is any word, so that conditions of other programs and of other versions can be read.
    A message that quotes a long error is cut, so that it can be stored.
    """

    # The operator fills in the time of the transition at the very end; in the cluster none is without it.
    model_config = ConfigDict(
        json_schema_extra={"required": ["type", "status", "reason", "message", "lastTransitionTime"]}
    )

    type: Annotated[str, Field(min_length=1, max_length=316, pattern="^[A-Za-z][-A-Za-z0-9_./]*$")] = Field(
        description="Name of the condition. Example: 'Ready'."
    )
    status: ConditionStatus = Field(description="Whether the condition holds.")
    reason: Annotated[str, Field(min_length=1, max_length=128, pattern="^[A-Za-z][A-Za-z0-9_]*$")] = Field(
        description="Why, in one word. Example: 'AsExpected'."
    )
    message: Annotated[str, BeforeValidator(_clip), Field(max_length=MAX_MESSAGE)] = Field(
        default="", description="Why, in a sentence, and what to do."
    )
    observed_generation: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(
        default=0, description="The generation of the spec that the condition is about."
    )
    last_transition_time: Annotated[str, Field(max_length=40), Mark({"format": "date-time"})] = Field(
        default="", description="When the status of the condition last changed."
    )


Conditions = Annotated[tuple[Condition, ...], Field(max_length=32), map_by("type")]
