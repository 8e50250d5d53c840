"""The nodes of a tier that lines tell of. Nothing happens to them before a line says so; times are Unix seconds.

A line has numbers only, so nodes are told apart by their ordinals, as in a StatefulSet: the first ones serve, the
youngest ones are booting, being copied to or loading, and go first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vectortier.played.world import UP_BEFORE_SECONDS, name_of
from vectortier.stream.line import Line


@dataclass
class Awaited:
    """A copy that was asked for; it is complete when the node serves, whatever a line says of its parts."""

    starts: float
    ends: float = math.inf


@dataclass
class ToldNode:
    """`runs_at` is infinite for a node that has died, or that nobody has seen yet."""

    ordinal: int
    ordered_at: float
    runs_at: float = math.inf
    serves: bool = False
    died: bool = False
    copy: Awaited | None = None


class ToldTier:
    """The nodes that were asked for, and what the last line said of them."""

    def __init__(self, first: Line) -> None:
        self._nodes = [ToldNode(i, first.now - UP_BEFORE_SECONDS) for i in range(first.nodes)]
        self._seen = first.nodes
        self._going = 0
        """Nodes that were asked to go and that the last line still told of."""
        for node in self._nodes:
            node.runs_at = node.ordered_at

    @property
    def nodes(self) -> Sequence[ToldNode]:
        """By ordinal."""
        return self._nodes

    def tell(self, line: Line) -> None:
        """Take over what the line says. Nodes that it lacks are gone if they were seen before, else yet to come; those
        that were asked to go may be told of for a while."""
        self._going = max(0, self._going - max(0, self._seen - line.nodes))
        if line.nodes < self._seen:
            del self._nodes[line.nodes - self._going :]
        self._seen, there = line.nodes, line.nodes - self._going
        while len(self._nodes) < there:
            self._nodes.append(ToldNode(len(self._nodes), line.now))
        for node in self._nodes[:there]:
            _tell(node, node.ordinal < line.serving, line.now)

    def holders(self, line: Line, awaited: frozenset[str]) -> list[str]:
        """Which of them hold a whole copy, by name: those that serve, and otherwise as many as the line says.

        `awaited` are those that a copy was asked for: some count it from its beginning on.
        """
        whole = min(line.copies, line.nodes - line.copying)
        named = {name_of(node): node for node in self._nodes}
        return [name for name, n in named.items() if n.serves or (n.ordinal < whole and name not in awaited)]

    def add_node(self, now: float) -> None:
        """Ask for one; whoever plays the tier reads that in the answer. One that was to go and is there yet stays."""
        self._going = max(0, self._going - 1)
        self._nodes.append(ToldNode(len(self._nodes), now))

    def drop_node(self, now: float) -> None:
        """Have the youngest go; lines may tell of it for a while."""
        gone = self._nodes.pop()
        self._going += gone.ordinal < self._seen - self._going

    def copy_shard(self, ordinal: int, now: float) -> Awaited:
        """Ask for it; it is on its way until the node serves."""
        copy = self._nodes[ordinal].copy = Awaited(now)
        return copy

    def is_warm(self, ordinal: int, seconds: float) -> bool:
        """Once it serves."""
        del seconds
        return self._nodes[ordinal].serves

    def serve(self, ordinals: frozenset[int], now: float) -> None:
        """Whoever plays the tier lets nodes serve by itself, as soon as they can."""


def _tell(node: ToldNode, serves: bool, now: float) -> None:
    # Who has served and does so no longer, without being asked to, is no newcomer on its way.
    node.died = not serves and (node.died or node.serves)
    node.runs_at = math.inf if node.died else min(node.runs_at, now)
    if serves and node.copy is not None:
        node.copy.ends, node.copy = now, None
    node.serves = serves
