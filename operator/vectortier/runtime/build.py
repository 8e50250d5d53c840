"""The loop's ports, made from the settings."""

import random
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from vectortier.act.background import Background
from vectortier.act.ownership import Term
from vectortier.act.warm import Warmth, WarmUp
from vectortier.children.context import OperatorSettings
from vectortier.clients.kubernetes import Kubernetes, connect
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import WarmNode
from vectortier.ports import Pools, Ports
from vectortier.runtime.leader import Leadership
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.settings import Settings

_WARM_SECONDS = 120.0


def build_ports(
    settings: Settings, leadership: Leadership, metrics: Metrics, wake: Callable[[str, str], None]
) -> Ports:
    """Clients, clocks and threads of a process. Writes are refused as soon as the lease is not held."""
    pools = _pools()
    return Ports(
        kubernetes=connect(may_write=leadership.holds, on_request=metrics.requested),
        prometheus=Prometheus(
            PrometheusSettings(
                url=settings.prometheus_url,
                headers=settings.prometheus_headers,
                bearer_token_file=settings.prometheus_token_file,
                ca_file=settings.prometheus_ca,
            )
        ),
        operator=OperatorSettings(settings.operator_image, settings.operator_namespace, settings.xds_address),
        weaviate_url=settings.weaviate_url,
        weaviate_cluster_url=settings.weaviate_cluster_url,
        pools=pools,
        background=Background(pools.jobs),
        clock=time.time,
        random_bytes=secrets.token_bytes,
        leading=leadership.holds,
        term=lambda: Term(leadership.epoch, leadership.identity),
        wake=wake,
        warm=_warm,
        look_seconds=settings.look_seconds,
        resync_seconds=settings.resync_seconds,
    )


def build_onlooker(kubernetes: Kubernetes, prometheus: Prometheus, weaviate_url: str, look_seconds: float) -> Ports:
    """Ports through which a tier can be observed and nothing can be done. It never leads, so that Weaviate's client
    refuses what changes something; the Kubernetes client has to be made with `may_write` for the same reason."""
    pools = _pools()
    return Ports(
        kubernetes=kubernetes,
        prometheus=prometheus,
        # Only for children that are compared with each other: they are never applied.
        operator=OperatorSettings("unknown", "unknown", "unknown:18000"),
        weaviate_url=weaviate_url,
        weaviate_cluster_url="",
        pools=pools,
        background=Background(pools.jobs),
        clock=time.time,
        random_bytes=secrets.token_bytes,
        leading=lambda: False,
        term=lambda: Term(0, "onlooker"),
        wake=lambda namespace, name: None,
        warm=_warm,
        look_seconds=look_seconds,
        resync_seconds=0.0,
    )


def _pools() -> Pools:
    return Pools(
        calls=ThreadPoolExecutor(32, "calls"),
        requests=ThreadPoolExecutor(32, "requests"),
        looks=ThreadPoolExecutor(64, "looks"),
        jobs=ThreadPoolExecutor(16, "jobs"),
    )


def _warm(client: Weaviate, action: WarmNode) -> Warmth:
    warmth = WarmUp(client, action.node, random.Random()).run(_WARM_SECONDS)  # noqa: S311 nothing secret
    if warmth is None:
        raise TimeoutError(f"{action.node} was not warm after {_WARM_SECONDS:g} s")
    return warmth
