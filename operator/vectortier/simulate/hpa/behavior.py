"""`spec.behavior` of an HPA: how much a scale-out or scale-in may change within a period."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class PolicyType(StrEnum):
    """Whether a policy's value is a number of pods or a share of them."""

    PODS = "Pods"
    PERCENT = "Percent"


class SelectPolicy(StrEnum):
    """Which of several policies holds: the one that allows the greatest change, or the smallest; or no change."""

    MAX = "Max"
    MIN = "Min"
    DISABLED = "Disabled"


@dataclass(frozen=True)
class ScalingPolicy:
    """At most `value` pods or per cent within `period_seconds`."""

    type: PolicyType
    value: int
    period_seconds: int


@dataclass(frozen=True)
class ScalingRules:
    """The rules for one direction."""

    stabilization_window_seconds: int
    policies: tuple[ScalingPolicy, ...]
    select: SelectPolicy = SelectPolicy.MAX


@dataclass(frozen=True)
class Behavior:
    """The rules for both directions."""

    scale_up: ScalingRules
    scale_down: ScalingRules


DEFAULT_BEHAVIOR = Behavior(
    scale_up=ScalingRules(0, (ScalingPolicy(PolicyType.PODS, 4, 15), ScalingPolicy(PolicyType.PERCENT, 100, 15))),
    scale_down=ScalingRules(300, (ScalingPolicy(PolicyType.PERCENT, 100, 15),)),
)
"""The defaults of autoscaling/v2."""


@dataclass(frozen=True)
class ScaleEvent:
    """A change that was made: pods added or removed, more than 0."""

    now: float
    pods: int


def highest_allowed(
    current: int, added: Sequence[ScaleEvent], removed: Sequence[ScaleEvent], rules: ScalingRules, now: float
) -> int:
    """The most pods that the rules for scaling up allow now."""
    if rules.select is SelectPolicy.DISABLED:
        return current
    limits = []
    for policy in rules.policies:
        before = _at_period_start(current, added, removed, policy, now)
        if policy.type is PolicyType.PODS:
            limits.append(before + policy.value)
        else:
            # Rounded up, or a small tier could never grow.
            limits.append(math.ceil(before * (1 + policy.value / 100)))
    return min(limits) if rules.select is SelectPolicy.MIN else max(limits)


def lowest_allowed(
    current: int, added: Sequence[ScaleEvent], removed: Sequence[ScaleEvent], rules: ScalingRules, now: float
) -> int:
    """The fewest pods that the rules for scaling down allow now."""
    if rules.select is SelectPolicy.DISABLED:
        return current
    limits = []
    for policy in rules.policies:
        before = _at_period_start(current, added, removed, policy, now)
        if policy.type is PolicyType.PODS:
            limits.append(before - policy.value)
        else:
            limits.append(int(before * (1 - policy.value / 100)))
    return max(limits) if rules.select is SelectPolicy.MIN else min(limits)


def _at_period_start(
    current: int, added: Sequence[ScaleEvent], removed: Sequence[ScaleEvent], policy: ScalingPolicy, now: float
) -> int:
    since = now - policy.period_seconds
    return current - sum(e.pods for e in added if e.now > since) + sum(e.pods for e in removed if e.now > since)
