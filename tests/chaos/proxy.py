"""An HTTP proxy between the operator and Weaviate that may do with every answer as it likes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType

import aiohttp
from aiohttp import web

_TIMEOUT = aiohttp.ClientTimeout(total=40)
_PASSED_ON = ("Authorization", "Content-Type", "Accept")
_START_SECONDS = 10.0


@dataclass(frozen=True)
class Asked:
    """One request; `host` is the server that it was meant for."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes


Forward = Callable[[Asked], Awaitable[Answer]]
Meddle = Callable[[Asked, Forward], Awaitable[Answer | None]]


class Proxy:
    """Listens while the block runs. Where it was meant to go is read from each request's Host header."""

    def __init__(self, host: str, meddle: Meddle) -> None:
        self._host, self._meddle = host, meddle
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.asked = 0
        """How many requests came."""
        self.address = ""
        """HOST:PORT, once it listens."""

    def __enter__(self) -> Proxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(_START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)
        self._loop.close()

    async def _begin(self) -> None:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"{self._host}:{port}"

    async def _end(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        asked = Asked(request.method, request.host, request.path, request.query_string, headers, await request.read())
        try:
            answer = await self._meddle(asked, self._forward)
        except (aiohttp.ClientError, TimeoutError):
            answer = None
        if answer is None and request.transport is not None:
            request.transport.abort()
        found = answer or Answer(502, b"")
        return web.Response(status=found.status, body=found.body, content_type="application/json")

    async def _forward(self, asked: Asked) -> Answer:
        url = f"http://{asked.host}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        async with self._session.request(asked.method, url, headers=asked.headers, data=asked.body or None) as answer:
            return Answer(answer.status, await answer.read())
