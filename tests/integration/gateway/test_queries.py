"""The queries, asked of a real Prometheus that scrapes real gateways."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.cluster.builds.debian import find_packages
from tests.cluster.network.ports import free_ports
from tests.cluster.progress import Progress
from tests.integration.gateway.rig import Rig, rig
from tests.integration.gateway.stubs import order
from vectortier.gateway import measure
from vectortier.gateway.settings import Limits

TIER = measure.tier_selector("vectors", "tickets")
WINDOW = 300
# increase() guesses what happened between the ends of the window and the scrapes next to them.
EXTRAPOLATED = 0.25
# What it guesses is about the length of one scrape interval, so it is little beside so many.
ENOUGH_SCRAPES = 25


class Prometheus:
    """A running Prometheus and how to ask it."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url, self._http = url, http

    async def ask(self, query: str) -> float | None:
        """The one value that a query gives; None if it gives none."""
        async with self._http.get(f"{self.url}/api/v1/query", params={"query": query}) as answer:
            body = await answer.json()
        assert body["status"] == "success", body
        result = body["data"]["result"]
        assert len(result) <= 1
        return float(result[0]["value"][1]) if result else None


@contextlib.asynccontextmanager
async def prometheus(folder: Path, **gateways: Rig) -> AsyncIterator[Prometheus]:
    """A Prometheus that scrapes these gateways five times a second."""
    packages = find_packages(Progress())
    (port,) = free_ports(1)
    labels = {"namespace": "vectors", "tier": "tickets"}
    targets = [
        {"targets": [on.stats.removeprefix("http://")], "labels": {**labels, "pod": pod}}
        for pod, on in gateways.items()
    ]
    job = {"job_name": "gateways", "metrics_path": "/stats/prometheus", "static_configs": targets}
    scraping = {"scrape_interval": "200ms", "scrape_timeout": "200ms"}
    (folder / "prometheus.json").write_text(json.dumps({"global": scraping, "scrape_configs": [job]}))
    command = [
        str(packages.find("usr/bin/prometheus")),
        f"--config.file={folder}/prometheus.json",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    environment = {**os.environ, **packages.environment}
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        async with aiohttp.ClientSession() as http:
            yield Prometheus(f"http://127.0.0.1:{port}", http)
    finally:
        process.terminate()
        process.wait(10)


def test_the_gateways_of_a_tier_add_up_and_a_restart_is_no_jump(tmp_path: Path) -> None:
    async def scenario() -> None:
        folders = [tmp_path / name for name in ("a", "b", "prometheus")]
        for folder in folders:
            folder.mkdir()
        async with (
            rig(folders[0]) as a,
            rig(folders[1]) as b,
            prometheus(folders[2], a=a, b=b) as asked,
        ):
            for on in (a, b):
                on.serve(await on.pod(1))
                on.start_envoy()
                await on.until(on.ready, "the gateway is ready")
            await a.until(lambda: _is(asked, measure.gateways_seen(TIER), 2), "both gateways are scraped")
            await a.until(lambda: _is(asked, measure.counted_requests(TIER, WINDOW), 0), "they are scraped twice")
            assert math.isnan(await _value(asked, measure.bad_fraction(TIER, WINDOW))), "none of none is no share"

            await _searches(a, good=30, bad=6)
            await _searches(b, good=60, bad=0)
            await a.until(lambda: _is(asked, f"sum({measure.SEARCHES_SERIES}{{{TIER}}})", 106), "all are scraped")
            await a.until(lambda: _more(asked, _scrapes(), ENOUGH_SCRAPES), "the scrapes are many")
            assert await _value(asked, measure.counted_requests(TIER, WINDOW)) == pytest.approx(96, rel=EXTRAPOLATED)
            assert await _value(asked, measure.bad_requests(TIER, WINDOW)) == pytest.approx(6, rel=EXTRAPOLATED)
            assert await _value(asked, measure.bad_fraction(TIER, WINDOW)) == pytest.approx(6 / 96, rel=EXTRAPOLATED)

            assert a.envoy is not None
            a.envoy.kill()
            a.envoy.wait()
            a.start_envoy()
            await a.until(a.ready, "the restarted gateway is ready")
            await a.until(lambda: _is(asked, measure.gateways_seen(TIER), 2), "both gateways are scraped again")
            await a.until(lambda: _is(asked, _restarted(), 0), "the restarted gateway's zeros are scraped")
            await _searches(a, good=10, bad=0)
            await a.until(lambda: _is(asked, _restarted(), 15), "all are scraped")
            assert await _value(asked, measure.counted_requests(TIER, WINDOW)) == pytest.approx(106, rel=EXTRAPOLATED)
            assert await _value(asked, measure.bad_requests(TIER, WINDOW)) == pytest.approx(6, rel=EXTRAPOLATED)

            # A histogram is born with its first value, so the first ones are no increase yet: later ones are.
            await _searches(b, good=10, bad=0)
            slowest = measure.latency_milliseconds(TIER, 0.999, WINDOW)
            await a.until(lambda: _more(asked, slowest, 0), "latencies are scraped")
            for quantile in (0.5, 0.99, 0.999):
                assert 0 < await _value(asked, measure.latency_milliseconds(TIER, quantile, WINDOW)) < 250
            assert await _value(asked, measure.searches_per_second(TIER, WINDOW)) > 0
            assert await _value(asked, measure.retries(TIER, WINDOW)) == 0
            assert await _value(asked, measure.writes_per_second(TIER, WINDOW)) == 0
            assert await _value(asked, measure.write_bytes_per_second(TIER, WINDOW)) == 0
            assert await _value(asked, measure.oldest_sample_seconds(TIER)) < 60
            other = measure.tier_selector("vectors", "others")
            for query in (measure.counted_requests, measure.bad_fraction, measure.writes_per_second):
                assert await asked.ask(query(other, WINDOW)) is None, "unknown is not zero"

    asyncio.run(scenario())


def test_searches_are_seen_when_they_come_wherever_they_wait_and_writes_are_not_taken_for_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        limits = Limits(searches=4, searches_per_node=1)  # One under way, and four that wait.
        came, ended = measure.latest_arrivals_per_second(TIER, WINDOW), measure.searches_per_second(TIER, WINDOW)
        async with rig(tmp_path, limits=limits) as on, prometheus(tmp_path, a=on) as asked:
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(lambda: _is(asked, came, 0), "it is scraped twice")
            channel, calls = on.channel(), []
            for number in range(1, 6):
                calls.append(asyncio.ensure_future(on.call(channel, order(sleep_ms=60_000), timeout=90)))
                await on.until(lambda: _more(asked, came, 0), f"number {number} is seen")
                await on.until(lambda: _is(asked, came, 0), f"nobody comes after number {number}")
            assert await _value(asked, ended) == 0, "none has ended"
            assert await on.call(channel, order()) == "UNAVAILABLE"
            await on.until(lambda: _more(asked, came, 0), "the one that is turned away is seen")
            written = asyncio.ensure_future(_written(on, seconds=3.0))
            seen = []
            while not written.done():
                seen.append(await _value(asked, came))
            assert max(seen[len(seen) // 2 :]) < 0.2 * written.result(), "writes are no searches"
            for call in calls:
                call.cancel()
            await channel.close()

    asyncio.run(scenario())


async def _written(on: Rig, seconds: float) -> float:
    """Writes for so long; how many per second there were."""
    loop, channel, count = asyncio.get_running_loop(), on.channel(), 0
    began = loop.time()
    while loop.time() - began < seconds:
        assert await on.call(channel, order(), method="/weaviate.v1.Weaviate/BatchObjects") == "OK"
        count += 1
    await channel.close()
    return count / (loop.time() - began)


def test_writes_are_seen_as_calls_and_as_messages_of_streams(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on, prometheus(tmp_path, a=on) as asked:
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(lambda: _is(asked, measure.gateways_seen(TIER), 1), "the gateway is scraped")
            channel = on.channel()
            for _ in range(20):
                await on.call(channel, order(), method="/weaviate.v1.Weaviate/BatchObjects")
            await on.until(lambda: _more(asked, measure.writes_per_second(TIER, WINDOW), 0), "calls are seen")
            calls = await _value(asked, measure.writes_per_second(TIER, WINDOW))
            stream = channel.stream_stream("/weaviate.v1.Weaviate/BatchStream")()
            # The series of messages is born with the first ones: it is the later ones that show.
            for _ in range(2):
                for _ in range(100):
                    await stream.write(b"batch")
                    await stream.read()
                await asyncio.sleep(1)
            await on.until(lambda: _more(asked, measure.writes_per_second(TIER, 10), calls), "messages are seen")
            assert await _value(asked, measure.write_bytes_per_second(TIER, WINDOW)) > 0
            await stream.done_writing()
            await channel.close()

    asyncio.run(scenario())


async def _searches(on: Rig, good: int, bad: int) -> None:
    channel = on.channel()
    for status in ["OK"] * good + ["UNAVAILABLE"] * bad + ["NOT_FOUND"] * 5:
        assert await on.call(channel, order() if status == "OK" else order(status=status)) == status
    await channel.close()


def _scrapes() -> str:
    """How many samples the shortest series has."""
    return f"min(count_over_time({measure.SEARCHES_SERIES}{{{TIER}}}[{WINDOW}s]))"


def _restarted() -> str:
    return f'sum({measure.SEARCHES_SERIES}{{{TIER},pod="a"}})'


async def _value(asked: Prometheus, query: str) -> float:
    value = await asked.ask(query)
    assert value is not None, f"no answer to {query}"
    return value


async def _is(asked: Prometheus, query: str, value: float) -> bool:
    return await asked.ask(query) == value


async def _more(asked: Prometheus, query: str, than: float) -> bool:
    found = await asked.ask(query)
    return found is not None and found > than
