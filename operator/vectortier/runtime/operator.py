"""The operator's process: its parts, and how they begin and end together."""

import asyncio
import logging
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from vectortier.clients.kubernetes import Kubernetes, connect
from vectortier.clients.kubernetes_errors import ForbiddenError, KubernetesError, NotFoundError
from vectortier.clients.kubernetes_kinds import CONFIG_MAP, VECTOR_TIER
from vectortier.handlers.watch import Listeners, watch
from vectortier.observe.learned import model_name
from vectortier.pipelines import report_pipeline
from vectortier.ports import Ports
from vectortier.reconcile import reconcile
from vectortier.runtime.build import build_ports
from vectortier.runtime.health import Health, WatchTruth
from vectortier.runtime.leader import Leadership, LeaseTimes
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.queue import Key
from vectortier.runtime.record import Recorder
from vectortier.runtime.resync import list_all, resync
from vectortier.runtime.servers import endpoints_app, metrics_app, probe_app, serve
from vectortier.runtime.serving import ServingSets
from vectortier.runtime.settings import Settings
from vectortier.runtime.tell import Teller
from vectortier.runtime.workers import Workers

_log = logging.getLogger(__name__)
_DRAIN_SECONDS = 8.0
_LOCKED_OUT_SECONDS = 15.0
"""How long until a namespace that may not be read is tried again."""


class StartError(Exception):
    """The process cannot begin its work; the message says what to do."""


@dataclass
class Operator:
    """One replica of the operator. Make it inside the event loop that runs it."""

    settings: Settings
    metrics: Metrics = field(default_factory=Metrics)
    serving: ServingSets = field(default_factory=ServingSets)
    watches: WatchTruth = field(default_factory=WatchTruth)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Wire the parts; nothing runs yet."""
        chosen = self.settings
        self._loop = asyncio.get_running_loop()
        self._lists: Kubernetes = connect(on_request=self.metrics.requested)
        self.leadership = Leadership(
            kubernetes=connect(on_request=self.metrics.requested),
            namespace=chosen.lease_namespace or chosen.operator_namespace,
            name=chosen.lease_name,
            identity=chosen.identity,
            times=LeaseTimes.of(chosen.lease_seconds),
            changed=self._leadership_changed,
        )
        self.ports: Ports = build_ports(chosen, self.leadership, self.metrics, self._wake_tier)
        recorder = Recorder(chosen.record, chosen.record_keep) if chosen.record is not None else None
        self._teller = Teller(self.metrics, recorder)
        self.workers = Workers(self._reconcile, self.metrics, random.random, self._loop)
        self.health = Health(
            started=lambda: dict(self.workers.started),
            election_beat=lambda: self.leadership.beat,
            watches=self.watches,
        )

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, or until a part fails (StartError, or the problem in `health.failure`)."""
        for name in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(name, self.ended.set)
        runners = [
            await serve(probe_app(self.health), self.settings.probe_port),
            await serve(metrics_app(self.metrics.registry), self.settings.metrics_port),
            await serve(endpoints_app(self.serving), self.settings.xds_port),
        ]
        await asyncio.to_thread(self._check_cluster)
        stop = threading.Event()
        self.leadership.beat = time.monotonic()
        election = asyncio.create_task(asyncio.to_thread(self.leadership.run))
        for namespace in self.settings.namespaces:
            # Each apart: one that is deleted, or loses its Role, must not end the watches of the others.
            arguments = (namespace, stop)
            threading.Thread(target=self._watch, args=arguments, name=f"watch-{namespace}", daemon=True).start()
        background = [
            asyncio.create_task(self.workers.run()),
            asyncio.create_task(self._begin_watching()),
            asyncio.create_task(
                resync(self._lists, self.settings.namespaces, self.watches, self.workers.wake, self._gone)
            ),
        ]
        for task in background:
            task.add_done_callback(self._part_ended)
        await self.ended.wait()
        _log.info("stopping")
        # Steps that have begun are finished and journalled while the lease is still ours; then it is given back.
        await self.workers.drain(_DRAIN_SECONDS)
        self.leadership.stop()
        await asyncio.wait({election}, timeout=_DRAIN_SECONDS)
        stop.set()
        for task in background:
            task.cancel()
        for runner in runners:
            await runner.cleanup()

    async def _reconcile(self, key: Key, woken: asyncio.Event) -> float | None:
        if key.kind == VECTOR_TIER.name:
            again_after = await reconcile(key.namespace, key.name, self.ports, woken, self._teller.tell)
            if again_after is None:
                # A look that was under way when the tier was deleted has told of it after it was forgotten.
                self._forget_tier(key)
            return again_after
        return await report_pipeline(key.namespace, key.name, self.ports)

    def _watch(self, namespace: str, stop: threading.Event) -> None:
        listeners = Listeners(own=self._own_changed, child=self._child_changed)
        while not stop.is_set():
            problem = f"the watches in {namespace} have ended"
            try:
                watch(listeners, namespace, stop)
            except Exception as error:
                problem = f"the watches in {namespace} have failed: {error}"
            if not stop.is_set() and not self._locked_out(namespace):
                self._loop.call_soon_threadsafe(self._fail, problem)
                return
            stop.wait(_LOCKED_OUT_SECONDS)

    def _locked_out(self, namespace: str) -> bool:
        """Whether the namespace may not be read: it is gone, or its Role is. Both may come back."""
        try:
            self._lists.list(VECTOR_TIER, namespace)
        except ForbiddenError:
            return True
        except KubernetesError:
            return False
        return False

    def _own_changed(self, kind: str, body: dict[str, Any], deleted: bool) -> None:
        metadata = body["metadata"]
        key = Key(kind, metadata["namespace"], metadata["name"])
        if deleted:
            self._gone(key)
        else:
            self.watches.announce(key, metadata["resourceVersion"])
            self.workers.wake(key)

    def _gone(self, key: Key) -> None:
        self.watches.forget(key)
        if key.kind == VECTOR_TIER.name:
            self.serving.forget(key.namespace, key.name)
            self._forget_tier(key)

    def _forget_tier(self, key: Key) -> None:
        self._teller.forget(key.namespace, key.name)
        self.ports.memory.forget(key.namespace, key.name)

    def _child_changed(self, kind: str, body: dict[str, Any], tier: str, deleted: bool) -> None:
        if kind == CONFIG_MAP.name and body["metadata"]["name"] == model_name(tier):
            return  # the operator's own notes: nobody has to act on them
        if kind == CONFIG_MAP.name and not deleted:
            self.serving.update(body)
        self._wake_tier(body["metadata"]["namespace"], tier)

    def _wake_tier(self, namespace: str, name: str) -> None:
        self.workers.wake(Key(VECTOR_TIER.name, namespace, name))

    def _leadership_changed(self, leading: bool) -> None:
        self.metrics.leader.set(leading)
        for key in self.watches.known():
            if leading:
                self.workers.wake(key)
            elif key.kind == VECTOR_TIER.name:
                # The next leader measures: figures that stand still here would be taken for its.
                self._teller.forget(key.namespace, key.name)

    def _check_cluster(self) -> None:
        try:
            list_all(self._lists, self.settings.namespaces)
        except NotFoundError as error:
            raise StartError(f"the custom resources are not installed: kubectl apply -k crds ({error})") from error
        except KubernetesError as error:
            raise StartError(f"cannot list tiers in {', '.join(self.settings.namespaces)}: {error}") from error

    async def _begin_watching(self) -> None:
        """Ready as soon as the watches have announced every object that a list shows."""
        while not self.health.watching:
            listed = await asyncio.to_thread(list_all, self._lists, self.settings.namespaces)
            self.health.watching = set(listed.versions) <= set(self.watches.known())
            await asyncio.sleep(0.2)
        await self.ended.wait()

    def _part_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and not self.ended.is_set():
            self._fail(f"a part of the operator has ended: {task.exception()!r}")

    def _fail(self, problem: str) -> None:
        _log.error("%s", problem)
        self.health.failure = problem
        self.ended.set()
