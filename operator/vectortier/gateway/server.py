"""The HTTP endpoint that gateways ask for endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

from vectortier.gateway.names import UpstreamPorts
from vectortier.gateway.xds import WEAVIATE_PORTS, ServingSet, discovery_response, tier_of, version_of

PATH = "/v3/discovery:endpoints"

Lookup = Callable[[str, str], ServingSet | None]


def build_app(lookup: Lookup, ports: UpstreamPorts = WEAVIATE_PORTS) -> web.Application:
    """An application that answers discovery requests from `lookup(namespace, tier)`.

    None means that the set is not known (yet): the answer is 503, and Envoy keeps the last set that it was given.
    An empty set is passed on as such. A malformed request gets 400 with what is wrong.
    """

    async def endpoints(request: web.Request) -> web.Response:
        try:
            return _answer(json.loads(await request.text()), lookup, ports)
        except (ValueError, KeyError, TypeError) as error:
            return web.Response(status=400, text=f"not a discovery request that this server answers: {error}\n")

    app = web.Application()
    app.router.add_post(PATH, endpoints)
    return app


def _answer(body: object, lookup: Lookup, ports: UpstreamPorts) -> web.Response:
    if not isinstance(body, dict):
        raise ValueError("the body is not a JSON object")
    tier = tier_of(body)
    clusters = body.get("resource_names") or body.get("resourceNames") or []
    if not isinstance(clusters, list):
        raise ValueError("resource_names is not a list")
    serving = lookup(tier.namespace, tier.name)
    if serving is None:
        return web.Response(status=503, text=f"the serving set of {tier.namespace}/{tier.name} is not known\n")
    version = version_of(serving)
    if body.get("version_info", body.get("versionInfo")) == version:
        return web.Response(status=304)
    return web.json_response(discovery_response([str(name) for name in clusters], serving, version, ports))
