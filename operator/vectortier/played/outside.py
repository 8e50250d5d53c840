"""What a played operator sees of a tier's nodes, and what it can do to them. Times are seconds, by the tier's clock."""

from collections.abc import Sequence
from typing import Protocol


class Node(Protocol):
    """A node with, sooner or later, a copy of everything. What has not happened yet has an infinite time."""

    @property
    def ordinal(self) -> int:
        """Its number, from 0."""

    @property
    def ordered_at(self) -> float:
        """When somebody asked for it."""

    @property
    def runs_at(self) -> float:
        """From when on it runs and is a member, empty at first."""


class Transfer(Protocol):
    """Bytes of one shard on their way to a node. Infinite `ends`: nobody knows yet."""

    @property
    def starts(self) -> float:
        """When the first byte left."""

    @property
    def ends(self) -> float:
        """When the last one arrives."""


class Outside(Protocol):
    """A tier, whoever plays it."""

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes that Kubernetes was asked for, by ordinal."""

    def add_node(self, now: float) -> None:
        """Ask for one more."""

    def drop_node(self, now: float) -> None:
        """Take the youngest away, with what it holds."""

    def copy_shard(self, ordinal: int, now: float) -> Transfer:
        """Begin to copy one shard to the node."""

    def is_warm(self, ordinal: int, seconds: float) -> bool:
        """Whether the node, warmed for so long, answers as fast as it will."""

    def serve(self, ordinals: frozenset[int], now: float) -> None:
        """Send searches to these nodes and to nobody else."""
