"""Endpoints come and go, the operator comes and goes, and no request is lost over it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.integration.gateway.rig import Rig, rig
from tests.integration.gateway.stubs import SEARCH, Pod, order

REFRESH = {"xds_refresh_milliseconds": 50}


@contextlib.asynccontextmanager
async def load(on: Rig, clients: int = 8) -> AsyncIterator[Counter[str]]:
    """Searches over gRPC and REST, each client one after another; yields the answers counted so far."""
    answers: Counter[str] = Counter()
    over = asyncio.Event()
    channels = [on.channel() for _ in range(2)]

    async def grpc_client(number: int) -> None:
        while not over.is_set():
            answers[await on.call(channels[number % 2], order(sleep_ms=20))] += 1

    async def rest_client() -> None:
        while not over.is_set():
            async with on.http.post(f"{on.rest}/v1/graphql", data=order(sleep_ms=20)) as answer:
                answers[str(answer.status)] += 1

    tasks = [asyncio.create_task(grpc_client(number)) for number in range(clients)]
    tasks += [asyncio.create_task(rest_client()) for _ in range(clients // 2)]
    try:
        yield answers
    finally:
        over.set()
        await asyncio.gather(*tasks)
        for channel in channels:
            await channel.close()


async def has_members(on: Rig, count: int) -> bool:
    return await on.members("searches_grpc") == count == await on.members("searches_rest")


async def gets_load(on: Rig, pod: Pod) -> None:
    before = pod.seen.get(SEARCH, 0)
    await on.until(lambda: pod.seen.get(SEARCH, 0) > before + 20, f"{pod.ip} gets searches")


def test_endpoints_come_and_go_under_load_without_a_failed_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            first, second, third = [await on.pod(number) for number in (1, 2, 3)]
            on.serve(first)
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            async with load(on) as answers:
                for serving in ([first, second], [second, third], [third], [first, second, third], [first]):
                    on.serve(*serving)
                    await on.until(functools.partial(has_members, on, len(serving)), "Envoy knows the new set")
                    await gets_load(on, serving[-1])
                # `first` is alone again: the others, drained, may end without a trace.
                await on.until(lambda: second.active == third.active == 0, "requests in flight have ended")
                await second.stop()
                await third.stop()
                done = sum(answers.values())
                await on.until(lambda: sum(answers.values()) > done + 100, "load goes on")
            assert set(answers) == {"OK", "200"}

    asyncio.run(scenario())


def test_a_request_in_flight_is_finished_by_a_pod_that_was_taken_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            old, new = await on.pod(1), await on.pod(2)
            on.serve(old)
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            channel = on.channel()
            call = channel.unary_unary(SEARCH)(order(sleep_ms=2000))
            await on.until(lambda: old.active == 1, "the old pod works on it")
            on.serve(new)
            await on.until(lambda: has_members(on, 1), "Envoy knows the new set")
            await on.until(lambda: _served_by(on, channel, new), "new requests go to the new pod")
            assert old.active == 1
            assert await call == old.ip.encode()
            await channel.close()

    asyncio.run(scenario())


async def _served_by(on: Rig, channel: object, pod: Pod) -> bool:
    before = pod.seen.get(SEARCH, 0)
    await on.call(channel, order())  # type: ignore[arg-type]
    return pod.seen.get(SEARCH, 0) > before


@pytest.mark.parametrize("blind", ["gone", "unknown"])
def test_a_blind_operator_leaves_the_last_set_in_place(tmp_path: Path, blind: str) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            on.serve(await on.pod(1), await on.pod(2))
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            failures = await _failed_updates(on)
            if blind == "gone":
                await on.stop_xds()
            else:
                on.serving = None
            await on.until(lambda: _more_failures(on, failures + 5), "Envoy asked in vain")
            async with load(on) as answers:
                await on.until(lambda: sum(answers.values()) > 200, "load is served")
            assert set(answers) == {"OK", "200"}
            assert await has_members(on, 2)

            # Seeing again, it is followed again.
            if blind == "gone":
                await on.start_xds()
            on.serve(on.pods["127.0.0.12"])
            await on.until(lambda: has_members(on, 1), "Envoy follows again")

    asyncio.run(scenario())


async def _failed_updates(on: Rig) -> float:
    return await on.value("envoy_cluster_update_failure", envoy_cluster_name="searches_grpc")


async def _more_failures(on: Rig, than: float) -> bool:
    return await _failed_updates(on) > than


def test_a_gateway_that_knows_no_endpoints_is_not_ready(tmp_path: Path) -> None:
    """Beside replicas that know some, one that was restarted while the operator is away would answer only errors."""

    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            await on.stop_xds()
            on.start_envoy()
            admin = f"http://127.0.0.1:{on.settings.admin_port}"
            await on.until(lambda: _admin_says(on, f"{admin}/ready", 503), "Envoy runs and waits")
            with pytest.raises(aiohttp.ClientConnectionError):
                await on.ready()
            on.serve(await on.pod(1))
            await on.start_xds()
            await on.until(on.ready, "the gateway is ready")

    asyncio.run(scenario())


async def _admin_says(on: Rig, url: str, status: int) -> bool:
    async with on.http.get(url) as answer:
        return answer.status == status


def test_pods_that_died_cost_retries_and_no_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            alive, *dead = [await on.pod(number) for number in (1, 2, 3)]
            on.serve(alive, *dead)
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            for pod in dead:
                await pod.stop()
            async with load(on) as answers:
                await on.until(lambda: sum(answers.values()) > 500, "load is served")
            assert set(answers) == {"OK", "200"}
            retried = await on.value("envoy_cluster_upstream_rq_retry", envoy_cluster_name="searches_grpc")
            assert 0 < retried < 100, "they are set aside after a few failed connects, not tried for each request"

    asyncio.run(scenario())


def test_a_tier_that_comes_back_is_served_at_once(tmp_path: Path) -> None:
    """Its only pod was set aside while it was away; it must not stay aside when it answers again."""

    async def scenario() -> None:
        async with rig(tmp_path, **REFRESH) as on:
            pod = await on.pod(1)
            on.serve(pod)
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            await pod.stop()
            channel = on.channel()
            for _ in range(5):
                assert await on.call(channel, order()) == "UNAVAILABLE"
            assert await on.value("envoy_cluster_membership_healthy", envoy_cluster_name="searches_grpc") == 0
            await pod.start()
            assert await on.call(channel, order()) == "OK"
            await channel.close()

    asyncio.run(scenario())
