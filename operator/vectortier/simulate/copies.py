"""The nodes of a simulated tier and the copies on them. Times are seconds since the start."""

import math
from dataclasses import dataclass, field

from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import INTERVAL_SECONDS


@dataclass(frozen=True, slots=True)
class Transfer:
    """Bytes on their way from a serving copy to a new one, evenly from `starts` to `ends`."""

    starts: float
    ends: float
    bytes: float
    shards: int

    def bytes_between(self, now: float, until: float) -> float:
        """How many of the bytes arrive in that time."""
        seconds = min(until, self.ends) - max(now, self.starts)
        return self.bytes * seconds / (self.ends - self.starts) if seconds > 0 else 0.0


@dataclass(slots=True)
class Node:
    """A node with, sooner or later, one copy of everything. It runs, empty at first, from `runs_at` on."""

    ordinal: int
    ordered_at: float
    runs_at: float
    transfer: Transfer | None = None
    serves_from: float = math.inf


@dataclass
class Tier:
    """The nodes that there are, in order, and what has been done to them so far."""

    model: TierModel
    nodes: list[Node] = field(default_factory=list)
    shard_copies: int = 0
    """Copies of shards that were begun."""
    bytes_moved: float = 0.0
    node_seconds: float = 0.0
    resizes: list[tuple[float, int]] = field(default_factory=list)
    """When the number of nodes changed, and by how many."""

    @classmethod
    def of(cls, model: TierModel, copies: int) -> "Tier":
        """A tier that has served with so many copies for long."""
        return cls(model, [Node(i, -math.inf, -math.inf, None, -math.inf) for i in range(copies)])

    def serving(self, now: float) -> int:
        """Copies that answer searches."""
        return sum(node.serves_from <= now for node in self.nodes)

    def copying(self, now: float) -> int:
        """Transfers that are going on."""
        return sum(n.transfer is not None and n.transfer.starts <= now < n.transfer.ends for n in self.nodes)

    def effective(self, now: float) -> float:
        """Copies that are left for searches, see `TierModel.effective_copies`."""
        return self.model.effective_copies(self.serving(now), self.copying(now))

    def next_change(self, now: float) -> float:
        """When a transfer next begins or ends, or a copy begins to serve; infinite when nothing is to come."""
        times = [n.serves_from for n in self.nodes]
        times += [time for n in self.nodes if n.transfer is not None for time in (n.transfer.starts, n.transfer.ends)]
        return min((time for time in times if time > now), default=math.inf)

    def add_node(self, now: float) -> None:
        """Ask for one more node; it runs after the boot time, and holds nothing until somebody copies to it."""
        self.nodes.append(Node(len(self.nodes), now, now + self.model.boot_seconds))
        self.resizes.append((now, 1))

    def drop_node(self, now: float) -> None:
        """Take the youngest node away at once."""
        self.nodes.pop()
        self.resizes.append((now, -1))

    def copy_shard(self, node: Node, now: float) -> Transfer:
        """Begin to copy one shard to the node."""
        seconds, size = (x / self.model.shards for x in (self.model.transfer_seconds, self.model.bytes_per_copy))
        node.transfer = Transfer(now, now + seconds, size, 1)
        return node.transfer

    def resize(self, copies: int, now: float) -> None:
        """Have so many copies, as a controller would that knows nothing of data, beside a copier that does the rest.

        New nodes boot, copy and load by themselves, in whole intervals, all of them at the same time. Nodes are taken
        away at once and the youngest first, like those of a StatefulSet.
        """
        before = len(self.nodes)
        if copies == before:
            return
        del self.nodes[copies:]
        self.nodes += [self._self_made(ordinal, now) for ordinal in range(before, copies)]
        self.resizes.append((now, copies - before))

    def spend(self, now: float, until: float) -> None:
        """Count the time of every node, and the transfers."""
        self.node_seconds += len(self.nodes) * (until - now)
        for node in self.nodes:
            if node.transfer is not None and node.transfer.starts < until and node.transfer.ends > now:
                self.bytes_moved += node.transfer.bytes_between(now, until)
                self.shard_copies += node.transfer.shards if node.transfer.starts >= now else 0

    def _self_made(self, ordinal: int, now: float) -> Node:
        starts, ends = (now + INTERVAL_SECONDS * i for i in self.model.transfer_intervals)
        transfer = Transfer(starts, ends, self.model.bytes_per_copy, self.model.shards)
        serves_from = now + INTERVAL_SECONDS * self.model.delay_intervals
        return Node(ordinal, now, now + self.model.boot_seconds, transfer, serves_from)
