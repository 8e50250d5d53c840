"""What a gateway pod shows to others: two pages, and nothing else of the admin interface."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import yarl

from tests.integration.gateway.rig import PATIENCE_SECONDS, rig

CONNECTIONS = 4


def test_only_metrics_and_readiness_are_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on:
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            hidden = [
                ("GET", "/"),
                ("GET", "/config_dump"),
                ("GET", "/stats"),
                ("GET", "/stats/prometheus?filter=x"),
                ("GET", "/stats/prometheus/../../config_dump"),
                ("GET", "/stats/prometheus%2f..%2f..%2fconfig_dump"),
                ("GET", "//stats/prometheus"),
                ("GET", "/ready?x"),
                ("POST", "/ready"),
                ("POST", "/quitquitquit"),
                ("POST", "/healthcheck/fail"),
                ("POST", "/stats/prometheus"),
            ]
            for method, path in hidden:
                async with on.http.request(method, yarl.URL(on.stats + path, encoded=True)) as answer:
                    assert answer.status == 404, f"{method} {path}"
            assert await on.ready()

    asyncio.run(scenario())


def test_the_admin_interface_listens_on_the_loopback_only(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, bind_address="0.0.0.0") as on:  # noqa: S104
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]}
            admin = f"0100007F:{on.settings.admin_port:04X}"
            assert admin in listening
            assert f"00000000:{on.settings.admin_port:04X}" not in listening

    asyncio.run(scenario())


def test_probes_and_scrapes_get_in_when_clients_hold_all_connections(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path, max_downstream_connections=CONNECTIONS) as on:
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            clients = [
                await asyncio.open_connection("127.0.0.1", on.settings.rest_port) for _ in range(CONNECTIONS + 1)
            ]
            reading = [asyncio.ensure_future(reader.read(1)) for reader, _ in clients]
            refused, held = await asyncio.wait(reading, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            assert (len(refused), len(held)) == (1, CONNECTIONS)
            async with aiohttp.ClientSession() as scraper:
                for page in ("/ready", "/stats/prometheus"):
                    async with scraper.get(on.stats + page) as answer:
                        assert answer.status == 200
            for _, writer in clients:
                writer.close()
            await asyncio.wait(reading)

    asyncio.run(scenario())
