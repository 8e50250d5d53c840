"""Between how many copies a policy may choose."""

import math
from dataclasses import dataclass

from vectortier.api.vectortier import VectorTierSpec


@dataclass(frozen=True)
class Bounds:
    """At least `least` copies (>= 1), at most `most`, one on each node."""

    least: int
    most: int

    def hold(self, copies: float) -> int:
        """The number of whole copies within the bounds that is next above."""
        return self.most if copies > self.most else max(self.least, math.ceil(copies))


def bounds_of(spec: VectorTierSpec) -> Bounds:
    """The bounds of a VectorTier, each of whose copies is on a node of its own."""
    most = min(spec.copies.max, spec.nodes.max)
    return Bounds(min(most, max(spec.copies.min, spec.nodes.min)), most)
