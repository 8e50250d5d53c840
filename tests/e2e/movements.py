"""Every movement that Weaviate lists while one looks, so that one that was begun twice is seen."""

from __future__ import annotations

import threading
from types import TracebackType

import requests

from tests.cluster import ClusterError
from tests.e2e.documents import ask_node
from tests.tiers import Tier

_LOOK_SECONDS = 0.5


class Movements:
    """Notes the ids of all movements while the block runs. A movement stays in the list for seconds at least."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier
        self._seen: dict[str, tuple[str, str, str]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Movements:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(30)

    @property
    def seen(self) -> dict[str, tuple[str, str, str]]:
        """(collection, shard, target) of each movement by its id."""
        return dict(self._seen)

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                self._seen |= {m["id"]: (m["collection"], m["shard"], m["targetNode"]) for m in listed(self._tier)}
            except (requests.RequestException, ClusterError, KeyError):
                continue  # a node that is busy or away is asked again


def listed(tier: Tier) -> list[dict[str, str]]:
    """The movements that Weaviate lists now, finished ones included."""
    return list(ask_node(tier, 0, "/v1/replication/replicate/list") or [])
