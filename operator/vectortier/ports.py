"""What the loop reaches the world through, so that a test can put something else in its place."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from vectortier.act.apply import Settled
from vectortier.act.background import Background
from vectortier.act.learned import Memory
from vectortier.act.ownership import Term
from vectortier.act.warm import Warmth
from vectortier.children import names
from vectortier.children.context import OperatorSettings
from vectortier.children.metadata import COMPONENT_LABEL
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.cluster_port import ClusterPort
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.prometheus import Prometheus
from vectortier.clients.weaviate import Weaviate
from vectortier.model.plan import WarmNode
from vectortier.observe.tier import TierView

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Pools:
    """Threads, by how long their work may take, so that slow work never keeps quick work waiting.

    `calls` make several requests to Kubernetes and wait for those in `requests`; `looks` wait for Weaviate and
    Prometheus, `jobs` for what takes minutes.
    """

    calls: Executor
    requests: Executor
    looks: Executor
    jobs: Executor


@dataclass(frozen=True)
class Ports:
    """Clients, clocks, randomness and threads. `clock` gives Unix seconds."""

    kubernetes: Kubernetes
    prometheus: Prometheus
    operator: OperatorSettings
    weaviate_url: str
    weaviate_cluster_url: str
    pools: Pools
    background: Background
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]
    leading: Callable[[], bool]
    term: Callable[[], Term]
    wake: Callable[[str, str], None]
    """Has the tier of this namespace and name looked at again."""
    warm: Callable[[Weaviate, WarmNode], Warmth]
    look_seconds: float
    resync_seconds: float
    settled: Settled = field(default_factory=Settled)
    memory: Memory = field(default_factory=Memory)

    async def call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a function that makes requests to Kubernetes in a thread of its own."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pools.calls, lambda: function(*args, **kwargs))

    def weaviate(self, view: TierView, first: str | None = None) -> Weaviate:
        """A client for the Weaviate nodes that have an address; what names no node goes to `first`, if that has one.

        A node that is behind, or cut off, answers too, with a world of its own: what changes something, and what is
        read right before, belongs to the leader.
        """
        return Weaviate(_urls(view, self.weaviate_url, first), api_key=_key(view, "api-key"), may_write=self.leading)

    def cluster_port(self, view: TierView, first: str | None = None) -> ClusterPort:
        """The same for the port through which the nodes talk to each other."""
        user, password = _key(view, "cluster-username"), _key(view, "cluster-password")
        credentials = (user, password) if user is not None and password is not None else None
        return ClusterPort(_urls(view, self.weaviate_cluster_url, first), credentials, may_write=self.leading)


def _urls(view: TierView, template: str, first: str | None) -> dict[str, str]:
    """The nodes that have an address, `first` before the others."""
    nodes = {
        pod["metadata"]["name"]: _url(pod, template)
        for pod in view.all(kinds.POD)
        if _is_weaviate(pod) and (pod.get("status") or {}).get("podIP") and not _terminates(pod)
    }
    return dict(sorted(nodes.items(), key=lambda node: node[0] != first))


def _url(pod: Object, template: str) -> str:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    ordinal = name.rpartition("-")[2]
    return template.format(ip=pod["status"]["podIP"], pod=name, ordinal=ordinal, namespace=namespace)


def _is_weaviate(pod: Object) -> bool:
    return bool(pod["metadata"]["labels"].get(COMPONENT_LABEL) == names.WEAVIATE)


def _terminates(pod: Object) -> bool:
    return "deletionTimestamp" in pod["metadata"]


def _key(view: TierView, name: str) -> str | None:
    encoded = ((view.keys or {}).get("data") or {}).get(name)
    # Secret data may end in a line break that the user's editor added; Weaviate trims it as well.
    return base64.b64decode(encoded).decode().strip() if encoded else None
