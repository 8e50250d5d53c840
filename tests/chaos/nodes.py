"""The tier's Weaviate nodes, asked one by one and past the gateway, quickly enough to catch a movement in its state."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from tests.chaos.subject import Subject
from tests.e2e.documents import COLLECTION

_TIMEOUT_SECONDS = 5.0
_POLL_SECONDS = 0.03
_OVER_SECONDS = 30.0
"""Without a movement, after there was one: there are no more."""
SETTLED = ("READY", "CANCELLED")


@dataclass(frozen=True)
class Movement:
    """A copy that Weaviate makes."""

    id: str
    source: str
    target: str
    state: str


class MissedError(Exception):
    """The moment that was waited for went by unseen, or did not come."""


class Nodes:
    """Addresses are looked up once for each `Nodes`: make a new one when pods have changed."""

    def __init__(self, subject: Subject) -> None:
        self._addresses = {
            pod["metadata"]["name"]: pod["status"]["podIP"]
            for pod in subject.tier.pods()
            if pod["status"].get("podIP") and "deletionTimestamp" not in pod["metadata"]
        }
        self._key = subject.key
        self._local = threading.local()

    @property
    def names(self) -> list[str]:
        """Of the pods that have an address."""
        return sorted(self._addresses)

    def ask(self, name: str, path: str, **parameters: str) -> Any:
        """What one node answers. Raises requests.RequestException."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = f"Bearer {self._key}"
        url = f"http://{self._addresses[name]}:8080{path}"
        answer = self._local.session.get(url, params=parameters, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def ask_any(self, path: str, **parameters: str) -> Any:
        """What the first node answers that does. Raises requests.RequestException."""
        last: requests.RequestException = requests.ConnectionError("no node has an address")
        for name in self.names:
            try:
                return self.ask(name, path, **parameters)
            except requests.RequestException as error:
                last = error
        raise last

    def placement(self) -> dict[str, list[str]]:
        """The nodes that hold each shard of the collection."""
        found = self.ask_any("/v1/replication/sharding-state", collection=COLLECTION)
        return {shard["shard"]: sorted(shard["replicas"]) for shard in found["shardingState"]["shards"]}

    def movements(self) -> list[Movement]:
        """Those that Weaviate lists, finished ones included."""
        found = self.ask_any("/v1/replication/replicate/list") or []
        return [Movement(m["id"], m["sourceNode"], m["targetNode"], m["status"]["state"]) for m in found]

    def await_movement(self, state: str, timeout: float) -> Movement:
        """The first movement that is seen in this state. Raises MissedError when there is none in that time, or when
        those that there were have ended."""
        end, last = time.monotonic() + timeout, None
        while (now := time.monotonic()) < (end if last is None else min(end, last + _OVER_SECONDS)):
            running = [movement for movement in self.movements() if movement.state not in SETTLED]
            found = next((movement for movement in running if movement.state == state), None)
            if found is not None:
                return found
            last = now if running else last
            time.sleep(_POLL_SECONDS)
        raise MissedError(f"no movement was seen in the state {state} within {timeout:.0f} s")
