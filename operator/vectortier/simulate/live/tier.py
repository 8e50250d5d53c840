"""A simulated tier as the played operator sees it and acts on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vectortier.simulate.copies import Node, Tier, Transfer

START = 1_700_000_000.0
"""Unix seconds of the simulation's start."""


@dataclass(frozen=True)
class SimulatedTier:
    """Times are seconds since the start."""

    tier: Tier

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes that there are, in order."""
        return self.tier.nodes

    def add_node(self, now: float) -> None:
        """It boots from now on."""
        self.tier.add_node(now)

    def drop_node(self, now: float) -> None:
        """It is gone at once."""
        self.tier.drop_node(now)

    def copy_shard(self, ordinal: int, now: float) -> Transfer:
        """It takes its bytes' time from now on."""
        return self.tier.copy_shard(self.tier.nodes[ordinal], now)

    def is_warm(self, ordinal: int, seconds: float) -> bool:
        """After the time that the model says, whichever node it is."""
        del ordinal
        return seconds >= self.tier.model.load_seconds

    def serve(self, ordinals: frozenset[int], now: float) -> None:
        """At once."""
        for node in self.tier.nodes:
            if node.ordinal not in ordinals:
                node.serves_from = float("inf")
            elif node.serves_from > now:
                node.serves_from = now
