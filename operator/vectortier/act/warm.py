"""Warming a node that holds fresh copies: real searches, sent to it alone, before anybody depends on it."""

import random
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from time import monotonic

from vectortier.act.warmth import is_warm, quantile
from vectortier.clients.errors import ClientError, Unavailable, Unreachable
from vectortier.clients.weaviate import StoredVector, Weaviate
from vectortier.model.value import Value


@dataclass(frozen=True)
class WarmLimits:
    """How hard and how long to warm. The first of the bounds that is met ends it."""

    concurrency: int = 2
    """Few at a time: the aim is to fill caches, not to find out what the node can take."""
    window: int = 100
    """So many answers make one window of the rule that says when it is enough."""
    searches: int = 2000
    seconds: float = 60.0
    results: int = 10
    page: int = 50
    """Objects read at a time to search by their vectors."""


class Warmth(Value):
    """What came of warming a node."""

    searches: int
    failed: int
    settled: bool
    """Whether the latencies stopped falling, rather than a bound being met."""
    p99_milliseconds: float | None
    """Of the last two windows; None without an answer."""
    seconds: float


class WarmUp:
    """The warming of one node. It can be done in slices, and started again from nothing after a crash.

    The vectors are those of stored objects, read from the node itself, which warms its object store as well: from
    random places of each collection that has a shard on the node. Multi-tenant collections are left out: a search
    would load the tenant.
    """

    def __init__(
        self,
        client: Weaviate,
        node: str,
        draw: random.Random,
        limits: WarmLimits = WarmLimits(),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._client = client
        self._node = node
        self._draw = draw
        self._limits = limits
        self._clock = clock
        self._latencies: list[float] = []
        self._failures: list[ClientError] = []
        self._unsearchable: set[str] = set()
        self._spent = 0.0
        self._searches: Iterator[tuple[str, StoredVector]] | None = None

    def run(self, seconds: float) -> Warmth | None:
        """Goes on for at most so many seconds; the result once it is done, None while it is not.

        Raises ClientError when the node cannot be searched at all.
        """
        started = self._clock()
        until = started + min(seconds, self._limits.seconds - self._spent)
        if self._searches is None:
            self._searches = self._endless(self._collections())
        with ThreadPoolExecutor(self._limits.concurrency, thread_name_prefix="warm") as pool:
            while (done := self._done()) is None and self._clock() < until:
                batch = list(islice(self._searches, self._limits.concurrency * 5))
                if not batch:
                    done = not self._unsearchable
                    break
                list(pool.map(lambda one: self._search(*one), batch))
                self._give_up_if_hopeless()
        self._spent += self._clock() - started
        done = done if done is not None else self._done()
        return None if done is None else self._result(settled=done)

    def _done(self) -> bool | None:
        """Whether it settled, once it is over; None while it goes on."""
        if is_warm(self._latencies, self._limits.window):
            return True
        count = len(self._latencies) + len(self._failures)
        over = count >= self._limits.searches or self._spent >= self._limits.seconds
        return False if over else None

    def _search(self, collection: str, vector: StoredVector) -> None:
        started = self._clock()
        try:
            self._client.search(collection, vector, self._limits.results, self._node)
        except (Unreachable, Unavailable) as error:
            self._failures.append(error)
        except ClientError:
            # This collection cannot be searched so, the others can: without them the node would serve cold.
            self._unsearchable.add(collection)
        else:
            self._latencies.append(self._clock() - started)

    def _give_up_if_hopeless(self) -> None:
        if len(self._failures) > 10 and len(self._failures) > len(self._latencies):
            raise self._failures[-1]

    def _collections(self) -> tuple[str, ...]:
        names = (c.name for c in self._client.collections() if not c.multi_tenant)
        return tuple(n for n in names if any(self._node in s.replicas for s in self._client.shards(n)))

    def _endless(self, collections: tuple[str, ...]) -> Iterator[tuple[str, StoredVector]]:
        """Stored vectors of each collection in turn, without end unless there are none."""
        empty: set[str] = set()
        for name in cycle(collections):
            if name in self._unsearchable | empty:
                if self._unsearchable | empty >= set(collections):
                    return
                continue
            after = str(uuid.UUID(int=self._draw.getrandbits(128)))
            # Behind the last object there is nothing: begin at the front.
            found = self._page(name, after) or self._page(name, str(uuid.UUID(int=0)))
            if not found:
                empty.add(name)
            for vector in found:
                if name not in self._unsearchable:
                    yield name, vector

    def _page(self, collection: str, after: str) -> tuple[StoredVector, ...]:
        return self._client.sample(collection, self._limits.page, after, self._node).vectors

    def _result(self, settled: bool) -> Warmth:
        recent = self._latencies[-2 * self._limits.window :]
        return Warmth(
            searches=len(self._latencies),
            failed=len(self._failures),
            settled=settled,
            p99_milliseconds=quantile(recent, 0.99) * 1000 if recent else None,
            seconds=self._spent,
        )
