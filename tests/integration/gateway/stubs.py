"""Stand-ins for a Weaviate pod: a gRPC and a REST server that do what the request asks them to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from aiohttp import web

Context = grpc.aio.ServicerContext[bytes, bytes]

SEARCH = "/weaviate.v1.Weaviate/Search"


def order(**wish: Any) -> bytes:
    """The body of a request that tells the stub what to do: sleep_ms, status (gRPC), code (REST), size, reset."""
    return json.dumps(wish).encode()


@dataclass
class Pod:
    """One stub pod. `seen` counts the requests that reached it, by method or path; `active` those inside it now, and
    `peak` is the most that ever were."""

    ip: str
    grpc_port: int
    rest_port: int
    seen: dict[str, int] = field(default_factory=dict)
    active: int = 0
    peak: int = 0
    _grpc: grpc.aio.Server | None = None
    _rest: web.AppRunner | None = None

    async def start(self) -> Pod:
        self._grpc = grpc.aio.server(options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", -1)])
        self._grpc.add_generic_rpc_handlers((_Handlers(self),))
        if self._grpc.add_insecure_port(f"{self.ip}:{self.grpc_port}") == 0:
            raise OSError(f"{self.ip}:{self.grpc_port} is taken")
        await self._grpc.start()
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", self._handle_rest)
        self._rest = web.AppRunner(app, shutdown_timeout=1)
        await self._rest.setup()
        await web.TCPSite(self._rest, self.ip, self.rest_port).start()
        return self

    async def stop(self, grace: float = 0.0) -> None:
        if self._grpc is not None:
            await self._grpc.stop(grace)
        if self._rest is not None:
            await self._rest.cleanup()
        self._grpc = self._rest = None

    def note(self, what: str) -> None:
        self.seen[what] = self.seen.get(what, 0) + 1

    async def obey(self, wish: dict[str, Any]) -> None:
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            await asyncio.sleep(wish.get("sleep_ms", 0) / 1000)
        finally:
            self.active -= 1

    async def _handle_rest(self, request: web.Request) -> web.Response:
        self.note(f"{request.method} {request.path}")
        body = await request.read()
        wish = json.loads(body) if body[:1] == b"{" else {}
        await self.obey(wish)
        if wish.get("reset") and request.transport is not None:
            request.transport.abort()
        return web.Response(status=wish.get("code", 200), text="{}", content_type="application/json")


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, pod: Pod) -> None:
        self._pod = pod

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method, pod = details.method, self._pod

        async def unary(body: bytes, context: Context) -> bytes:
            pod.note(method)
            wish = json.loads(body) if body[:1] == b"{" else {}
            await pod.obey(wish)
            if wish.get("status"):
                await context.abort(grpc.StatusCode[wish["status"]], "as asked")
            return pod.ip.encode()

        async def stream(messages: AsyncIterator[bytes], context: Context) -> AsyncIterator[bytes]:
            pod.note(method)
            async for message in messages:
                yield message

        if method.endswith("Stream"):
            return grpc.stream_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(unary)
