"""A real Envoy with the built configuration, stub pods behind it and the real endpoint discovery beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import envoy
import grpc
import grpc.aio
from aiohttp import web

from tests.cluster.network.ports import free_ports
from tests.integration.gateway.stubs import SEARCH, Pod
from vectortier.gateway.bootstrap import build_bootstrap
from vectortier.gateway.names import UpstreamPorts
from vectortier.gateway.server import build_app
from vectortier.gateway.settings import GatewaySettings
from vectortier.gateway.xds import Endpoint, ServingSet

PATIENCE_SECONDS = 30.0
THREADS = 2
"""Envoy's worker threads."""
_FIELDS = {
    "route": "%ROUTE_NAME%",
    "milliseconds": "%DURATION%",
    "sent_after_us": "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%",
    "code": "%RESPONSE_CODE%",
    "grpc": "%GRPC_STATUS_NUMBER%",
    "flags": "%RESPONSE_FLAGS%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "path": "%REQ(:PATH)%",
    "deadline": "%REQ(GRPC-TIMEOUT)%",
    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
}


@dataclass
class Rig:
    """What a test holds: the ports, the pods, the serving set, and the running Envoy."""

    settings: GatewaySettings
    ports: UpstreamPorts
    folder: Path
    serving: ServingSet | None = None
    pods: dict[str, Pod] = field(default_factory=dict)
    envoy: subprocess.Popen[bytes] | None = None
    http: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)
    xds: web.AppRunner | None = None

    async def pod(self, number: int) -> Pod:
        pod = Pod(f"127.0.0.{10 + number}", self.ports.grpc, self.ports.rest)
        self.pods[pod.ip] = pod
        return await pod.start()

    def serve(self, *pods: Pod) -> None:
        self.serving = tuple(Endpoint(f"pod-{pod.ip.rsplit('.', 1)[1]}", pod.ip) for pod in pods)

    async def start_xds(self) -> None:
        self.xds = web.AppRunner(build_app(lambda namespace, tier: self.serving, self.ports), shutdown_timeout=1)
        await self.xds.setup()
        host, port = self.settings.xds_host_and_port
        await web.TCPSite(self.xds, host, port).start()

    async def stop_xds(self) -> None:
        if self.xds is not None:
            await self.xds.cleanup()
            self.xds = None

    def start_envoy(self, change: Callable[[dict[str, Any]], None] = lambda config: None) -> None:
        config = build_bootstrap(self.settings)
        _log_to_stdout(config)
        change(config)
        path = self.folder / "bootstrap.json"
        path.write_text(json.dumps(config))
        command = [_envoy_binary(), "-c", str(path), "--concurrency", str(THREADS)]
        command += ["--disable-hot-restart", "-l", "warning"]
        command += ["--file-flush-interval-msec", "20"]
        with (self.folder / "access.log").open("wb") as out, (self.folder / "envoy.log").open("wb") as err:
            self.envoy = subprocess.Popen(command, stdout=out, stderr=err)

    async def close(self) -> None:
        if self.envoy is not None and self.envoy.poll() is None:
            self.envoy.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.envoy.wait(10)
        await self.http.close()
        await self.stop_xds()
        for pod in self.pods.values():
            await pod.stop()

    @property
    def rest(self) -> str:
        return f"http://127.0.0.1:{self.settings.rest_port}"

    @property
    def stats(self) -> str:
        return f"http://127.0.0.1:{self.settings.stats_port}"

    def channel(self) -> grpc.aio.Channel:
        options = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)]
        return grpc.aio.insecure_channel(f"127.0.0.1:{self.settings.grpc_port}", options=options)

    async def call(self, channel: grpc.aio.Channel, body: bytes, method: str = SEARCH, **options: Any) -> str:
        """One unary call; gives the name of the status it ended with."""
        try:
            await channel.unary_unary(method)(body, **options)
        except grpc.aio.AioRpcError as error:
            return error.code().name
        return "OK"

    async def samples(self) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
        """All series of the stats listener: name, then labels, then value."""
        async with self.http.get(f"{self.stats}/stats/prometheus") as answer:
            text = await answer.text()
        found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
        # By hand: the parser of prometheus_client adds _total to the names of counters.
        for name, labels, value in re.findall(r"^(\w+)\{(.*)\} (\S+)$", text, re.MULTILINE):
            found.setdefault(name, {})[tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels)))] = float(value)
        return found

    async def value(self, name: str, **labels: str) -> float:
        """The sum of the series of that name whose labels include these."""
        series = (await self.samples()).get(name, {})
        return sum(value for have, value in series.items() if labels.items() <= dict(have).items())

    def access_log(self) -> list[dict[str, Any]]:
        lines = (self.folder / "access.log").read_text().splitlines()
        return [json.loads(line) for line in lines]

    async def until(self, true: Callable[[], Any], what: str) -> None:
        """Waits for a condition; it may be a coroutine function. Fails with `what` when patience ends."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    result = true()
                    if await result if asyncio.iscoroutine(result) else result:
                        return
                if self.envoy is not None and self.envoy.poll() is not None:
                    raise RuntimeError(f"Envoy ended: {(self.folder / 'envoy.log').read_text()[-2000:]}")
                await asyncio.sleep(0.02)
        raise TimeoutError(what)

    async def ready(self) -> bool:
        async with self.http.get(f"{self.stats}/ready") as answer:
            return answer.status == 200

    async def members(self, cluster: str) -> int:
        return int(await self.value("envoy_cluster_membership_total", envoy_cluster_name=cluster))


def _log_to_stdout(config: dict[str, Any]) -> None:
    stdout = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"
    log = {
        "name": "envoy.access_loggers.stdout",
        "typed_config": {"@type": stdout, "log_format": {"json_format": _FIELDS}},
    }
    for listener in config["static_resources"]["listeners"]:
        if listener["name"] != "stats":
            listener["filter_chains"][0]["filters"][0]["typed_config"].setdefault("access_log", []).append(log)


def _envoy_binary() -> str:
    return str(Path(envoy.__file__).parent / "_bin" / "envoy")


@contextlib.asynccontextmanager
async def rig(folder: Path, **settings: Any) -> AsyncIterator[Rig]:
    """A rig with everything but Envoy started; it is taken down whatever happens."""
    rest, grpc_, stats, admin, xds, pod_grpc, pod_rest = free_ports(7, "")
    base = GatewaySettings("vectors", "tickets", 250, f"127.0.0.1:{xds}", bind_address="127.0.0.1")
    ports = {"rest_port": rest, "grpc_port": grpc_, "stats_port": stats, "admin_port": admin}
    made = Rig(replace(base, **ports, **settings), UpstreamPorts(grpc=pod_grpc, rest=pod_rest), folder)
    try:
        await made.start_xds()
        yield made
    finally:
        await made.close()
