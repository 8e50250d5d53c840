"""Conditions with the meanings of the HPA and kstatus."""

from enum import StrEnum

from vectortier.api.base import ApiModel


class ConditionType(StrEnum):
    """Every condition of a VectorTier."""

    READY = "Ready"
    RECONCILING = "Reconciling"
    STALLED = "Stalled"
    SLO_MET = "SLOMet"
    SCALING_ACTIVE = "ScalingActive"
    ABLE_TO_SCALE = "AbleToScale"
    SCALING_LIMITED = "ScalingLimited"
    REBALANCING = "Rebalancing"
    ROTATING = "Rotating"
    QUOTA_EXCEEDED = "QuotaExceeded"
    PAUSED = "Paused"


class ConditionStatus(StrEnum):
    """True, False or Unknown."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(ApiModel):
    """One condition, as the Kubernetes API conventions define it."""

    type: ConditionType
    status: ConditionStatus
    reason: str
    message: str = ""
    observed_generation: int = 0
    last_transition_time: str = ""
