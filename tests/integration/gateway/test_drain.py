"""A gateway pod that is shut down drops nothing."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.integration.gateway.rig import Rig, rig
from tests.integration.gateway.stubs import SEARCH, order


def test_a_pod_that_is_told_to_leave_says_so_and_finishes_what_it_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with rig(tmp_path) as on:
            on.serve(await on.pod(1))
            on.start_envoy()
            await on.until(on.ready, "the gateway is ready")
            pod, channel = on.pods["127.0.0.11"], on.channel()
            call = channel.unary_unary(SEARCH)(order(sleep_ms=3000))
            await on.until(lambda: pod.active == 1, "a search is in flight")
            drain = await _drain(on)
            drain.terminate()
            await on.until(lambda: _not_ready(on), "the pod says that it is not ready")
            assert await on.call(channel, order()) == "OK", "it still serves those who have not heard"
            assert await drain.wait() == 0
            assert pod.active == 0, "it ended while a request was in flight"
            assert on.envoy is not None
            on.envoy.terminate()
            assert await call == pod.ip.encode()
            await channel.close()

    asyncio.run(scenario())


async def _drain(on: Rig) -> asyncio.subprocess.Process:
    """The program that runs beside Envoy, once it waits for the pod's end."""
    options = ["--admin", f"127.0.0.1:{on.settings.admin_port}", "--leave-seconds", "1", "--drain-seconds", "20"]
    program = [sys.executable, "-c", "from vectortier.cli import main; main()", "drain-gateway"]
    drain = await asyncio.create_subprocess_exec(*program, *options, stdout=asyncio.subprocess.PIPE)
    assert drain.stdout is not None
    assert b"waiting" in await drain.stdout.readline()
    return drain


async def _not_ready(on: Rig) -> bool:
    return not await on.ready()
