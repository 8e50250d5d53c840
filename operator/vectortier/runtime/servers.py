"""The HTTP servers of the operator: probes, metrics, and endpoints for the gateways."""

from time import monotonic

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from vectortier.gateway.server import build_app
from vectortier.runtime.health import Health
from vectortier.runtime.serving import ServingSets


def probe_app(health: Health) -> web.Application:
    """/healthz and /readyz. That they answer at all shows that the event loop runs."""

    async def healthz(_: web.Request) -> web.Response:
        problems = health.problems(monotonic())
        return web.Response(status=500 if problems else 200, text="\n".join(problems or ["ok"]) + "\n")

    async def readyz(_: web.Request) -> web.Response:
        ready = health.ready()
        return web.Response(status=200 if ready else 503, text="ok\n" if ready else "not watching yet\n")

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return app


def metrics_app(registry: CollectorRegistry) -> web.Application:
    """/metrics in Prometheus' text format."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics)])
    return app


async def serve(app: web.Application, port: int) -> web.AppRunner:
    """Serve on all addresses. The runner's cleanup ends it. Raises OSError if the port is taken."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, port=port).start()
    return runner


def endpoints_app(serving: ServingSets) -> web.Application:
    """The endpoint discovery that gateways poll."""
    return build_app(serving.lookup)
