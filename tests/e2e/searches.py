"""Steady searches at a tier's front door, over gRPC and REST, without retries: every outcome is kept."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from types import TracebackType
from typing import Any

import aiohttp
import numpy

from tests.demo.requestlog import OK
from tests.demo.search import Searcher, Target, requests_for
from tests.e2e.documents import COLLECTION, vectors
from tests.objects import wait_for
from tests.tiers import GRPC_PORT, REST_PORT, Tier

DEADLINE_SECONDS = 30.0
_REST, _GRPC = "REST", "gRPC"


class Searches:
    """Searches at a fixed rate, half of them over each protocol, while the block runs.

    They leave on time whatever became of those before, and a failure is never tried again.
    """

    def __init__(self, tier: Tier, per_second: float = 20.0) -> None:
        self._interval = 2 / per_second
        self._key, self._address = tier.api_key, tier.address
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), daemon=True)

    def __enter__(self) -> Searches:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(DEADLINE_SECONDS + 10)
        assert not self._thread.is_alive(), "searches are still out past their deadline"
        self._loop.close()

    @property
    def answered(self) -> int:
        """How many searches were answered well."""
        return self._outcomes[_GRPC, OK] + self._outcomes[_REST, OK]

    @property
    def failures(self) -> dict[tuple[str, str], int]:
        """What went wrong how often, by protocol and code; empty when nothing did."""
        return {what: count for what, count in dict(self._outcomes).items() if what[1] != OK}

    def await_answers(self, more: int, timeout: float = 60.0) -> None:
        """Wait until so many more searches were answered over each protocol."""
        before = dict(self._outcomes)

        def enough() -> bool | None:
            done = [self._outcomes[kind, OK] - before.get((kind, OK), 0) for kind in (_GRPC, _REST)]
            return True if min(done) * 2 >= more else None

        wait_for(f"{more} more answers; failures: {self.failures}", enough, timeout)

    async def _run(self) -> None:
        target = Target(f"{self._address}:{GRPC_PORT}", COLLECTION, self._key)
        wanted = numpy.array(vectors(50), dtype=numpy.float32)
        grpc_requests, rest_requests = requests_for(target, wanted), [_query(vector) for vector in vectors(50)]
        searcher = Searcher(target)
        headers = {"Authorization": f"Bearer {self._key}"}
        async with aiohttp.ClientSession(f"http://{self._address}:{REST_PORT}", headers=headers) as session:
            flying: set[asyncio.Task[None]] = set()
            number = 0
            while not self._ending.is_set():
                for asked in (
                    self._over_grpc(searcher, number, grpc_requests[number % len(wanted)]),
                    self._over_rest(session, rest_requests[number % len(wanted)]),
                ):
                    task = asyncio.create_task(asked)
                    flying.add(task)
                    task.add_done_callback(flying.discard)
                number += 1
                await asyncio.sleep(self._interval)
            await asyncio.gather(*flying)
        await searcher.close()

    async def _over_grpc(self, searcher: Searcher, number: int, request: bytes) -> None:
        self._outcomes[_GRPC, await searcher.search(number, request, DEADLINE_SECONDS)] += 1

    async def _over_rest(self, session: aiohttp.ClientSession, query: dict[str, Any]) -> None:
        try:
            async with session.post(
                "/v1/graphql", json=query, timeout=aiohttp.ClientTimeout(DEADLINE_SECONDS)
            ) as answer:
                body = await answer.json() if answer.status == 200 else None
                code = OK if body and not body.get("errors") else f"{answer.status}: {str(body)[:200]}"
        except (aiohttp.ClientError, TimeoutError) as error:
            code = f"{type(error).__name__}: {error}"
        self._outcomes[_REST, code] += 1


def _query(vector: list[float]) -> dict[str, Any]:
    near = f"nearVector: {{vector: {vector}}}"
    return {"query": f"{{ Get {{ {COLLECTION}(limit: 10, {near}) {{ name _additional {{ id }} }} }} }}"}
