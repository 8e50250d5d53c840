"""Workers: one object that hangs or fails keeps no other waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from vectortier.observe.look import SupersededError
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.queue import Key
from vectortier.runtime.workers import Workers

A, B = Key("VectorTier", "search", "a"), Key("VectorTier", "search", "b")


def run(
    reconcile: Callable[[Key, asyncio.Event], Awaitable[float | None]],
    drive: Callable[[Workers], Awaitable[None]],
) -> Metrics:
    metrics = Metrics()

    async def main() -> None:
        workers = Workers(reconcile, metrics, lambda: 0.0, asyncio.get_running_loop())
        task = asyncio.create_task(workers.run())
        async with asyncio.timeout(10):
            await drive(workers)
        await workers.drain(1.0)
        await task

    asyncio.run(main())
    return metrics


def test_an_object_that_hangs_does_not_delay_another() -> None:
    seen, done = [], asyncio.Event()

    async def reconcile(key: Key, woken: asyncio.Event) -> float | None:
        seen.append(key)
        if key == A:
            await done.wait()
        else:
            done.set()
        return None

    async def drive(workers: Workers) -> None:
        workers.wake(A)
        workers.wake(B)
        await done.wait()

    run(reconcile, drive)
    assert seen == [A, B]


def test_an_object_that_fails_is_tried_again_and_counted() -> None:
    tries, again = [], asyncio.Event()

    async def reconcile(key: Key, woken: asyncio.Event) -> float | None:
        tries.append(key)
        if len(tries) == 1:
            raise ValueError("broken")
        again.set()
        return None

    async def drive(workers: Workers) -> None:
        workers.wake(A)
        await again.wait()

    metrics = run(reconcile, drive)
    assert len(tries) == 2
    labels = {"kind": "VectorTier", "result": "error"}
    assert metrics.registry.get_sample_value("vectortier_reconcile_total", labels) == 1.0


def test_an_event_during_a_look_is_signalled_and_a_superseded_look_starts_over_at_once() -> None:
    looks, begun, over = [], asyncio.Event(), asyncio.Event()

    async def reconcile(key: Key, woken: asyncio.Event) -> float | None:
        looks.append(key)
        if len(looks) == 1:
            begun.set()
            await woken.wait()
            raise SupersededError
        over.set()
        return None

    async def drive(workers: Workers) -> None:
        workers.wake(A)
        await begun.wait()
        workers.wake(A)
        await over.wait()

    run(reconcile, drive)
    assert looks == [A, A]


def test_draining_lets_what_has_begun_end_and_begins_nothing_more() -> None:
    begun, ended = asyncio.Event(), []

    async def reconcile(key: Key, woken: asyncio.Event) -> float | None:
        begun.set()
        await asyncio.sleep(0.05)
        ended.append(key)
        return 0.0

    async def drive(workers: Workers) -> None:
        workers.wake(A)
        await begun.wait()

    run(reconcile, drive)
    assert ended == [A]
