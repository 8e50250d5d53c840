"""Each search is counted once, in the outcome that it had at the gateway."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.integration.gateway.rig import Rig, rig
from tests.integration.gateway.stubs import SEARCH, order
from vectortier.gateway.measure import LATENCY_SERIES, SEARCHES_SERIES
from vectortier.gateway.names import SEARCH_ROUTES
from vectortier.gateway.outcomes import Outcome
from vectortier.gateway.settings import Limits, Timeouts

SLO = 250
LONG = order(sleep_ms=20_000)
GRPC_STATUSES = {
    "OK": Outcome.GOOD,
    "INVALID_ARGUMENT": Outcome.INVALID,
    "NOT_FOUND": Outcome.INVALID,
    "ALREADY_EXISTS": Outcome.INVALID,
    "PERMISSION_DENIED": Outcome.INVALID,
    "UNAUTHENTICATED": Outcome.INVALID,
    "FAILED_PRECONDITION": Outcome.INVALID,
    "OUT_OF_RANGE": Outcome.INVALID,
    "UNIMPLEMENTED": Outcome.INVALID,
    "UNAVAILABLE": Outcome.SERVER_ERROR,
    "DEADLINE_EXCEEDED": Outcome.SERVER_ERROR,
    "INTERNAL": Outcome.SERVER_ERROR,
    "RESOURCE_EXHAUSTED": Outcome.SERVER_ERROR,
    "ABORTED": Outcome.SERVER_ERROR,
    "DATA_LOSS": Outcome.SERVER_ERROR,
    "CANCELLED": Outcome.SERVER_ERROR,
    "UNKNOWN": Outcome.UNKNOWN_ERROR,
}
REST_CODES = {
    200: Outcome.GOOD,
    400: Outcome.INVALID,
    401: Outcome.INVALID,
    403: Outcome.INVALID,
    404: Outcome.INVALID,
    422: Outcome.INVALID,
    429: Outcome.SERVER_ERROR,
    500: Outcome.SERVER_ERROR,
    503: Outcome.SERVER_ERROR,
}


async def started(on: Rig) -> None:
    on.serve(await on.pod(1))
    on.start_envoy()
    await on.until(on.ready, "the gateway is ready")


async def outcomes(on: Rig, route: str = "searches_grpc") -> dict[str, int]:
    """How many searches of a route ended in each outcome that occurred."""
    series = (await on.samples())[SEARCHES_SERIES]
    found = {dict(labels)["outcome"]: int(value) for labels, value in series.items() if dict(labels)["route"] == route}
    return {outcome: count for outcome, count in found.items() if count}


async def settled(on: Rig, requests: int) -> None:
    """Waits until Envoy has logged, and so counted, that many requests."""
    await on.until(lambda: len(on.access_log()) >= requests, f"{requests} requests in the access log")


def test_a_search_is_good_up_to_the_bound_and_late_after_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=SLO) as on:
            await started(on)
            channel, sent = on.channel(), 0
            took: Counter[int] = Counter()
            while not (took[SLO - 1] + took[SLO - 2] and took[SLO] + took[SLO + 1]):
                assert sent < 2000, "no search ended within 2 ms of the bound on either side"
                waits = [SLO + offset for offset in (-8, -6, -5, -4, -3, -2, -1, 0, 1, 2)]
                await asyncio.gather(*(on.call(channel, order(sleep_ms=wait)) for wait in waits))
                sent += len(waits)
                await settled(on, sent)
                took = Counter(line["milliseconds"] for line in on.access_log())
            await channel.close()
            # Envoy logs whole milliseconds, cut off: 250 is what took 250.0 to 250.9, so later than the bound.
            in_time = sum(count for milliseconds, count in took.items() if milliseconds < SLO)
            assert await outcomes(on) == {"good": in_time, "late": sent - in_time}
            await on.until(lambda: _histogram_holds(on, sent), "the histogram holds every search")
            cut = await on.value(LATENCY_SERIES, route="searches_grpc", le=f"{SLO - 0.125}")
            assert cut == in_time, "the histogram's bound at the SLO cuts where the counters do"

    asyncio.run(scenario())


async def _histogram_holds(on: Rig, requests: int) -> bool:
    return await on.value(LATENCY_SERIES, route="searches_grpc", le="+Inf") == requests


def test_every_grpc_status_is_counted_once_as_the_table_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=5000) as on:
            await started(on)
            channel = on.channel()
            for status in GRPC_STATUSES:
                wish = order() if status == "OK" else order(status=status)
                assert await on.call(channel, wish, timeout=60) == status
            await channel.close()
            await settled(on, len(GRPC_STATUSES))
            assert await outcomes(on) == Counter(str(outcome) for outcome in GRPC_STATUSES.values())
            assert await outcomes(on, "searches_rest") == {}

    asyncio.run(scenario())


def test_every_rest_code_is_counted_once_as_the_table_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=5000) as on:
            await started(on)
            for code in REST_CODES:
                async with on.http.post(f"{on.rest}/v1/graphql", data=order(code=code)) as answer:
                    assert answer.status == code
            await settled(on, len(REST_CODES))
            assert await outcomes(on, "searches_rest") == Counter(str(outcome) for outcome in REST_CODES.values())
            assert await outcomes(on) == {}

    asyncio.run(scenario())


def test_a_slow_error_is_one_bad_request_and_a_slow_refusal_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=20) as on:
            await started(on)
            channel = on.channel()
            assert await on.call(channel, order(sleep_ms=60, status="UNAVAILABLE")) == "UNAVAILABLE"
            assert await on.call(channel, order(sleep_ms=60, status="INVALID_ARGUMENT")) == "INVALID_ARGUMENT"
            await channel.close()
            await settled(on, 2)
            assert await outcomes(on) == {"server_error": 1, "invalid": 1}

    asyncio.run(scenario())


def test_a_server_that_says_that_the_time_is_over_counts_as_a_timeout(tmp_path: Path) -> None:
    """The server is told the gateway's limit, and one of the two notices it first."""

    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=20) as on:
            await started(on)
            channel = on.channel()
            assert await on.call(channel, order(sleep_ms=60, status="DEADLINE_EXCEEDED")) == "DEADLINE_EXCEEDED"
            await channel.close()
            await settled(on, 1)
            assert await outcomes(on) == {"timeout": 1}

    asyncio.run(scenario())


def test_a_timeout_at_the_gateway_is_bad_and_the_client_is_told_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=SLO, timeouts=Timeouts(searches=1)) as on:
            await started(on)
            channel = on.channel()
            # DEADLINE_EXCEEDED, not UNAVAILABLE: Weaviate's client repeats the latter.
            assert await on.call(channel, LONG) == "DEADLINE_EXCEEDED"
            async with on.http.post(f"{on.rest}/v1/graphql", data=LONG) as answer:
                assert answer.status == 504
            await channel.close()
            await settled(on, 2)
            assert [await outcomes(on, route) for route in SEARCH_ROUTES] == [{"timeout": 1}, {"timeout": 1}]

    asyncio.run(scenario())


def test_a_client_that_leaves_counts_only_after_the_bound(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=1000) as on:
            await started(on)
            pod, channel = on.pods["127.0.0.11"], on.channel()
            early = channel.unary_unary(SEARCH)(LONG)
            await on.until(lambda: pod.active == 1, "the first search is being worked on")
            early.cancel()
            await settled(on, 1)
            assert await outcomes(on) == {"cancelled": 1}

            late = channel.unary_unary(SEARCH)(LONG)
            await asyncio.sleep(1.3)
            late.cancel()
            vanishing = on.channel()
            call = asyncio.create_task(on.call(vanishing, LONG))
            await asyncio.sleep(1.3)
            await vanishing.close()
            await asyncio.wait([call])
            await settled(on, 3)
            assert await outcomes(on) == {"cancelled": 1, "cancelled_late": 2}

            for seconds in (0.2, 1.3):
                with pytest.raises(TimeoutError):
                    await on.http.post(f"{on.rest}/v1/graphql", data=LONG, timeout=aiohttp.ClientTimeout(seconds))
            await settled(on, 5)
            assert await outcomes(on, "searches_rest") == {"cancelled": 1, "cancelled_late": 1}
            await channel.close()

    asyncio.run(scenario())


def test_a_deadline_shorter_than_the_bound_is_the_clients_own_affair(tmp_path: Path) -> None:
    """The server may say DEADLINE_EXCEEDED before the client's cancellation arrives; with a long deadline it is bad."""

    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=5000) as on:
            await started(on)
            channel = on.channel()
            for deadline in (4.9, 5.5):
                answer = await on.call(channel, order(status="DEADLINE_EXCEEDED"), timeout=deadline)
                assert answer == "DEADLINE_EXCEEDED"
            assert await on.call(channel, LONG, timeout=0.3) == "DEADLINE_EXCEEDED"
            await channel.close()
            await settled(on, 3)
            found = await outcomes(on)
            # Who is first to end the third, the client or the gateway, is chance; it does not count either way.
            assert found.pop("cancelled", 0) + found.pop("client_deadline") == 2
            assert found == {"server_error": 1}

    asyncio.run(scenario())


def test_what_the_gateway_itself_turns_away_is_bad(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=SLO, limits=Limits(searches=1)) as on:
            await started(on)
            pod, channel = on.pods["127.0.0.11"], on.channel()
            first = asyncio.create_task(on.call(channel, LONG, timeout=60))
            await on.until(lambda: pod.active == 1, "the limit is used up")
            assert await on.call(channel, order()) == "UNAVAILABLE"
            await settled(on, 1)
            assert await outcomes(on) == {"shed": 1}
            first.cancel()

            async with on.http.post(f"{on.rest}/v1/graphql", data=order(reset=True)) as answer:
                assert answer.status == 503
            await settled(on, 3)
            assert await outcomes(on, "searches_rest") == {"reset": 1}

            await pod.stop()
            assert await on.call(channel, order()) == "UNAVAILABLE"
            on.serve()
            await on.until(lambda: _empty(on), "the endpoint is gone")
            assert await on.call(channel, order()) == "UNAVAILABLE"
            await settled(on, 5)
            found = await outcomes(on)
            assert (found["shed"], found["connect_failed"], found["no_endpoint"]) == (1, 1, 1)
            await channel.close()

    asyncio.run(scenario())


async def _empty(on: Rig) -> bool:
    return await on.members("searches_grpc") == 0


def test_other_calls_do_not_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=SLO) as on:
            await started(on)
            channel = on.channel()
            for method in ("Aggregate", "BatchObjects", "TenantsGet"):
                await on.call(channel, order(status="UNAVAILABLE"), method=f"/weaviate.v1.Weaviate/{method}")
            for path in ("/v1/objects", "/v1/meta", "/v1/schema"):
                async with on.http.get(on.rest + path):
                    pass
            await channel.close()
            await settled(on, 6)
            assert [await outcomes(on, route) for route in SEARCH_ROUTES] == [{}, {}]

    asyncio.run(scenario())


def test_every_counter_is_there_with_zero_before_the_first_search(tmp_path: Path) -> None:
    """A counter that is born with its first value hides that value from increase()."""

    async def scenario() -> None:
        async with rig(tmp_path, slo_milliseconds=SLO) as on:
            await started(on)
            series = (await on.samples())[SEARCHES_SERIES]
            assert set(series.values()) == {0}
            assert len(series) == len(SEARCH_ROUTES) * len(Outcome)

    asyncio.run(scenario())
