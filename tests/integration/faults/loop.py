"""The loop inside the test's own process, so that it can be made to die at an exact place."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.integration.rig import TIER, Rig
from vectortier.act.background import Background
from vectortier.act.ownership import Term
from vectortier.act.warm import Warmth
from vectortier.children.context import OperatorSettings
from vectortier.clients.kubernetes import Kubernetes, connect
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.ports import Pools, Ports
from vectortier.reconcile import Look, reconcile


class Died(BaseException):
    """The process is gone. Not an Exception: nothing in the code under test may catch it."""


@dataclass
class Deaths:
    """Dies at every write to Kubernetes, once just before and once just after each of them."""

    writes: int = 0
    log: list[str] = field(default_factory=list)
    _before: bool = False

    def may_write(self) -> bool:
        """Asked before a write."""
        self._before = not self._before
        if self._before:
            self.log.append("before a write")
            raise Died
        return True

    def on_request(self, verb: str, kind: str, status: int) -> None:
        """Told after a request."""
        if verb != "GET":
            self.writes += 1
            self.log.append(f"after {verb} {kind} {status}")
            raise Died


class Life:
    """One life of an operator: memory that is lost when it dies."""

    def __init__(self, rig: Rig, epoch: int, kubernetes: Kubernetes | None = None) -> None:
        self.looks: list[Look] = []
        self._pools = Pools(*(ThreadPoolExecutor(8, f"life-{epoch}") for _ in range(4)))
        self._rig = rig
        self._ports = Ports(
            kubernetes=kubernetes or connect(rig.kubeconfig),
            prometheus=Prometheus(PrometheusSettings(url=rig.prometheus.url)),
            operator=OperatorSettings("vectortier/operator:test", rig.namespace, "xds.test:18000"),
            weaviate_url=rig.bridge.url_template,
            weaviate_cluster_url=rig.bridge.url_template,
            pools=self._pools,
            background=Background(self._pools.jobs),
            clock=rig.clock,
            random_bytes=secrets.token_bytes,
            leading=lambda: True,
            term=lambda: Term(epoch, "life"),
            wake=lambda namespace, name: None,
            warm=lambda client, action: Warmth(searches=1, failed=0, settled=True, p99_milliseconds=1.0, seconds=0.1),
            look_seconds=20.0,
            resync_seconds=1.0,
        )

    def look(self) -> Look | None:
        """One look at the tier. Raises Died."""
        before = len(self.looks)
        self._rig.clock.hurry(self._rig.clock.each_look)
        asyncio.run(self._once())
        return self.looks[-1] if len(self.looks) > before else None

    def until(self, what: str, is_so: Callable[[], object], looks: int = 200) -> None:
        """Look until it is so. AssertionError after so many looks."""
        for _ in range(looks):
            if is_so():
                return
            self.look()
            time.sleep(0.05)
        raise AssertionError(f"not after {looks} looks: {what}; the last: {self.looks[-1:]}")

    def end(self) -> None:
        """Leave nothing running."""
        for pool in (self._pools.calls, self._pools.requests, self._pools.looks, self._pools.jobs):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _once(self) -> None:
        await reconcile(self._rig.namespace, TIER, self._ports, asyncio.Event(), self.looks.append)
