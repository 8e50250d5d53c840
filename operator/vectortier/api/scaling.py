"""The promise of a tier, and the bounds and the damping within which the operator keeps it."""

from typing import Annotated, ClassVar

from pydantic import Field

from vectortier.api.base import ApiModel
from vectortier.api.cel import Rule

_MIN_AT_MOST_MAX = Rule(
    "self.min <= self.max",
    "min is {self.min}, but must be at most max, which is {self.max}",
    path=".min",
)
# The width of the last digit that may differ from zero, for numbers up to 60000.
_STEP = "(self < 1000 ? 10 : self < 10000 ? 100 : 1000)"


class NodeBounds(ApiModel):
    """How many Weaviate nodes the tier may have."""

    checks: ClassVar[tuple[Rule, ...]] = (_MIN_AT_MOST_MAX,)

    min: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The least number of Weaviate nodes; at least raftVoters. Example: 3."
    )
    max: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The greatest number of Weaviate nodes. Example: 6."
    )


class CopyBounds(ApiModel):
    """How many copies each shard of a collection may have."""

    checks: ClassVar[tuple[Rule, ...]] = (_MIN_AT_MOST_MAX,)

    min: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The least number of copies of every shard; at most nodes.min. Example: 2."
    )
    max: Annotated[int, Field(ge=1, le=50)] = Field(
        default=1, description="The greatest number of copies of every shard; at most nodes.max. Example: 6."
    )


class SearchObjective(ApiModel):
    """The promise: 99 of 100 searches are answered within this time."""

    p99_milliseconds: Annotated[
        int,
        Field(ge=1, le=60000),
        Rule(
            "self < 100 || self % (self < 1000 ? 10 : self < 10000 ? 100 : 1000) == 0",
            f"p99Milliseconds is {{self}}, but must have at most two significant digits, such as "
            f"{{self / {_STEP} * {_STEP}}} or {{(self / {_STEP} + 1) * {_STEP}}}",
        ),
    ] = Field(
        description="99 % of the searches are answered within this time, measured at the gateway, in milliseconds. "
        "At most two significant digits. Example: 250.",
    )
    min_requests: Annotated[int, Field(ge=1, le=1000000)] = Field(
        default=300,
        description="Fewer requests than this in the long window prove nothing about the 99th percentile: "
        "SLOMet is Unknown and nothing is scaled. Example: 1000.",
    )
    budget_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=28,
        description="Length of the period over which the error budget of 1 % is counted, in days. Not implemented yet; "
        "reported as such. Example: 28.",
    )


class Slo(ApiModel):
    """The tier's service level objectives."""

    search: SearchObjective = Field(description="The objective for searches.")


class BurnWindows(ApiModel):
    """The paired windows over which the share of bad requests is measured."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.longSeconds > self.shortSeconds",
            "longSeconds is {self.longSeconds}, but must be more than shortSeconds, which is {self.shortSeconds}",
            path=".longSeconds",
        ),
    )

    short_seconds: Annotated[int, Field(ge=15, le=3600)] = Field(
        default=60, description="Short window, in seconds: shows that the trouble is still there. Example: 60."
    )
    long_seconds: Annotated[int, Field(ge=30, le=86400)] = Field(
        default=300,
        description="Long window, in seconds: shows that the trouble is not a blip; longer than the short one. "
        "Example: 300.",
    )


class ScaleOutDamping(ApiModel):
    """How quickly the tier may grow."""

    stabilization_window_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        default=60,
        description="The SLO must be missed for this long before anything is added, in seconds. Example: 60.",
    )
    cooldown_seconds: Annotated[int, Field(ge=0, le=86400)] = Field(
        default=300,
        description="Nothing is scaled for this long after an operation has succeeded, in seconds; after one that "
        "failed, it is half an hour, doubling to eight hours. Example: 300.",
    )


class ScaleInDamping(ApiModel):
    """How quickly the tier may shrink."""

    stabilization_window_seconds: Annotated[int, Field(ge=60, le=86400)] = Field(
        default=300,
        description="The tier must be too large for this long before anything is removed, in seconds; at least as "
        "long as for growing. Example: 1800.",
    )
    keep_volumes_seconds: Annotated[int, Field(ge=0, le=31536000)] = Field(
        default=86400,
        description="The volume of a node that was taken away is kept for this long, in seconds; what the node has "
        "dropped before is not on it. It goes sooner when a node of the same name is added again, which never starts "
        "on old data. Example: 604800.",
    )


class Damping(ApiModel):
    """What keeps scaling from doing more harm than the overload."""

    checks: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.scaleIn.stabilizationWindowSeconds >= self.scaleOut.stabilizationWindowSeconds",
            "scaleIn.stabilizationWindowSeconds is {self.scaleIn.stabilizationWindowSeconds}, but must be at least "
            "scaleOut.stabilizationWindowSeconds, which is {self.scaleOut.stabilizationWindowSeconds}: "
            "shrinking faster than growing makes a tier swing",
            path=".scaleIn.stabilizationWindowSeconds",
        ),
    )

    windows: BurnWindows = Field(default=BurnWindows(), description="The windows over which the SLO is judged.")
    scale_out: ScaleOutDamping = Field(default=ScaleOutDamping(), description="How quickly the tier may grow.")
    scale_in: ScaleInDamping = Field(
        default=ScaleInDamping(),
        description="How quickly the tier may shrink.",
    )
    max_concurrent_moves: Annotated[int, Field(ge=1, le=50)] = Field(
        default=10,
        description="To how many nodes shards may be copied at the same time; each takes one shard at a time. More of "
        "them finish sooner together, and read more from the nodes that serve meanwhile. Example: 3.",
    )
