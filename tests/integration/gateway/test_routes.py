"""Where requests go, what is sent twice (next to nothing), and that one kind of work cannot starve another."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.integration.gateway.rig import THREADS, Rig, rig
from tests.integration.gateway.stubs import SEARCH, order
from vectortier.gateway.measure import MESSAGES_SERIES
from vectortier.gateway.names import CLUSTERS
from vectortier.gateway.settings import Limits, Timeouts

BATCH_STREAM = "/weaviate.v1.Weaviate/BatchStream"
LONG = order(sleep_ms=20_000)
CLUSTER_OF = {
    SEARCH: "searches_grpc",
    "/weaviate.v1.Weaviate/Aggregate": "searches_grpc",
    "/weaviate.v1.Weaviate/BatchObjects": "writes_grpc",
    "/weaviate.v1.Weaviate/BatchDelete": "writes_grpc",
    "/weaviate.v1.Weaviate/TenantsGet": "administration_grpc",
    "/grpc.health.v1.Health/Check": "administration_grpc",
    "/weaviate.v1.FileReplicationService/GetFile": None,
    "POST /v1/graphql": "searches_rest",
    "GET /v1/objects/Ticket/1": "searches_rest",
    "POST /v1/objects": "writes_rest",
    "PATCH /v1/objects/Ticket/1": "writes_rest",
    "DELETE /v1/objects/Ticket/1": "writes_rest",
    "POST /v1/batch/objects?consistency_level=ONE": "writes_rest",
    "GET /v1/schema": "administration_rest",
    "GET /v1/.well-known/ready": "administration_rest",
    "POST /v1/backups/s3": "administration_rest",
}


async def started(on: Rig, pods: int = 1) -> None:
    on.serve(*[await on.pod(number + 1) for number in range(pods)])
    on.start_envoy()
    await on.until(on.ready, "the gateway is ready")


async def sent_to(on: Rig) -> Counter[str]:
    """How many requests each cluster got so far."""
    series = (await on.samples())["envoy_cluster_upstream_rq_total"]
    sent = {dict(labels)["envoy_cluster_name"]: int(value) for labels, value in series.items()}
    return Counter({name: sent[name] for name in CLUSTERS})


def test_each_request_goes_to_the_cluster_of_its_kind(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on:
            await started(on)
            for call, cluster in CLUSTER_OF.items():
                before = await sent_to(on)
                await _answered(on, call, "UNIMPLEMENTED" if cluster is None else "OK")
                assert await sent_to(on) - before == Counter([cluster] if cluster else []), call

    asyncio.run(scenario())


async def _answered(on: Rig, call: str, answer: str) -> None:
    """Makes a call, a gRPC method or a REST verb and path, and sees that it is answered so."""
    if call.startswith("/"):
        channel = on.channel()
        assert await on.call(channel, order(), method=call) == answer
        await channel.close()
    else:
        verb, _, path = call.partition(" ")
        async with on.http.request(verb, on.rest + path) as got:
            assert got.reason == answer


def test_only_a_request_that_no_server_has_seen_is_sent_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, timeouts=Timeouts(searches=1)) as on:
            await started(on, pods=2)
            channel = on.channel()
            pods = list(on.pods.values())
            for status in ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "DEADLINE_EXCEEDED", "UNKNOWN"):
                assert await on.call(channel, order(status=status)) == status
            assert await on.call(channel, LONG) == "DEADLINE_EXCEEDED"
            assert sum(pod.seen[SEARCH] for pod in pods if SEARCH in pod.seen) == 6
            for wish in (order(code=503), order(reset=True)):
                async with on.http.post(f"{on.rest}/v1/objects", data=wish) as answer:
                    assert answer.status == 503
            assert sum(pod.seen.get("POST /v1/objects", 0) for pod in pods) == 2
            assert await on.value("envoy_cluster_upstream_rq_retry") == 0
            await channel.close()

    asyncio.run(scenario())


def test_a_batch_whose_connection_fails_is_sent_to_another_pod(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on:
            await started(on, pods=2)
            await on.pods["127.0.0.12"].stop()
            body = order(padding="x" * 3_000_000)
            for _ in range(10):
                async with on.http.post(f"{on.rest}/v1/batch/objects", data=body) as answer:
                    assert answer.status == 200
            assert on.pods["127.0.0.11"].seen["POST /v1/batch/objects"] == 10

    asyncio.run(scenario())


def test_a_busy_pod_is_not_set_aside(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, timeouts=Timeouts(searches=1)) as on:
            await started(on, pods=2)
            channel = on.channel()
            answers = await asyncio.gather(*(on.call(channel, LONG) for _ in range(20)))
            assert set(answers) == {"DEADLINE_EXCEEDED"}
            for _ in range(20):
                assert await on.call(channel, order(status="UNAVAILABLE")) == "UNAVAILABLE"
            await channel.close()
            assert await on.value("envoy_cluster_outlier_detection_ejections_enforced_total") == 0
            assert await on.value("envoy_cluster_membership_healthy", envoy_cluster_name="searches_grpc") == 2

    asyncio.run(scenario())


def test_writes_at_their_limit_leave_searches_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, limits=Limits(writes=2)) as on:
            await started(on)
            pod, channel = on.pods["127.0.0.11"], on.channel()
            batch = "/weaviate.v1.Weaviate/BatchObjects"
            writes = [asyncio.create_task(on.call(channel, LONG, method=batch, timeout=60)) for _ in range(2)]
            await on.until(lambda: pod.active == 2, "the limit of writes is used up")
            assert await on.call(channel, order(), method=batch) == "UNAVAILABLE"
            assert await on.call(channel, order()) == "OK"
            for write in writes:
                write.cancel()
            await channel.close()

    asyncio.run(scenario())


def test_more_searches_than_a_pod_is_given_at_once_wait_in_the_gateway(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, limits=Limits(searches_per_node=3)) as on:
            await started(on)
            pod, channels = on.pods["127.0.0.11"], [on.channel() for _ in range(4)]
            calls = [on.call(channels[number % 4], order(sleep_ms=20)) for number in range(60)]
            assert set(await asyncio.gather(*calls)) == {"OK"}
            assert pod.peak <= 3 * THREADS, "each of Envoy's threads may give the pod three"
            assert await on.value("envoy_cluster_upstream_rq_pending_overflow") == 0
            for channel in channels:
                await channel.close()

    asyncio.run(scenario())


def test_a_stream_outlives_every_time_limit_and_its_messages_are_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, timeouts=Timeouts(searches=1, writes=1, administration=1)) as on:
            await started(on)
            channel = on.channel()
            call = channel.stream_stream(BATCH_STREAM)()
            for message in (b"one", b"two"):
                await call.write(message)
                assert await call.read() == message
                await asyncio.sleep(1.2)
            counted = await on.value(MESSAGES_SERIES)
            assert counted == 2, "messages are counted as they pass, not when the stream ends"
            await call.done_writing()
            await channel.close()

    asyncio.run(scenario())


def test_searches_are_spread_over_the_pods_however_few_connections_clients_hold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on:
            await started(on, pods=3)
            channel = on.channel()

            async def client() -> None:
                for _ in range(25):
                    await on.call(channel, order(sleep_ms=5))

            await asyncio.gather(*(client() for _ in range(12)))
            await channel.close()
            seen = [pod.seen[SEARCH] for pod in on.pods.values()]
            assert min(seen) > 70, seen

    asyncio.run(scenario())
