"""The project's own gateway on the host, in front of whichever pods a benchmark says: Envoy as in a tier's gateway pod,
with a serving set that is set by hand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import envoy  # type: ignore[import-untyped]
from aiohttp import web

from tests.cluster.network.ports import free_ports
from tests.objects import wait_for
from vectortier.gateway.bootstrap import build_bootstrap
from vectortier.gateway.process import envoy_arguments
from vectortier.gateway.server import build_app
from vectortier.gateway.settings import GatewaySettings
from vectortier.gateway.xds import Endpoint, ServingSet

_START_SECONDS = 30.0


class FrontDoor:
    """What clients are sent to. `serve` takes effect within half a second, when Envoy asks next."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self.serving: ServingSet = ()

    @property
    def address(self) -> str:
        """Of the gRPC port."""
        return f"127.0.0.1:{self._settings.grpc_port}"

    def serve(self, pods: Mapping[str, str]) -> None:
        """Send clients to these pods, given as name and address."""
        self.serving = tuple(Endpoint(name, pods[name]) for name in sorted(pods))

    def await_ready(self) -> None:
        """Wait until Envoy has a serving set and listens."""
        wait_for("the gateway on the host to be ready", self._ready, _START_SECONDS)

    def _ready(self) -> bool | None:
        with contextlib.suppress(OSError):
            url = f"http://127.0.0.1:{self._settings.stats_port}/ready"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return True if answer.status == 200 else None
        return None


@contextmanager
def front_door(slo_milliseconds: int) -> Iterator[FrontDoor]:
    """A gateway that runs until the end of the block. It serves nobody before it is told to."""
    rest, grpc, stats, admin, discovery = free_ports(5)
    settings = GatewaySettings(
        *("bench", "front-door", slo_milliseconds, f"127.0.0.1:{discovery}"),
        bind_address="127.0.0.1",
        rest_port=rest,
        grpc_port=grpc,
        stats_port=stats,
        admin_port=admin,
    )
    door = FrontDoor(settings)
    with _discovery(door, discovery), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "envoy.json"
        path.write_text(json.dumps(build_bootstrap(settings)))
        binary = Path(envoy.__file__).parent / "_bin" / "envoy"
        process = subprocess.Popen([binary, *envoy_arguments(str(path))], stderr=subprocess.DEVNULL)
        try:
            yield door
        finally:
            process.kill()
            process.wait(10)


@contextmanager
def _discovery(door: FrontDoor, port: int) -> Iterator[None]:
    """The endpoint discovery, in a thread with an event loop of its own."""
    loop = asyncio.new_event_loop()

    async def begin() -> web.AppRunner:
        # An empty set is not told: Envoy then waits for its first one.
        runner = web.AppRunner(build_app(lambda _namespace, _tier: door.serving or None), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    thread = threading.Thread(target=loop.run_forever, name="discovery", daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
