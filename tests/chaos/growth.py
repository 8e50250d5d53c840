"""Whether the tier has arrived where a run sends it, and what it lacks where it has not."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import requests

from tests.chaos.nodes import Nodes
from tests.chaos.subject import Direction, Subject
from tests.cluster import ClusterError

_POLL_SECONDS = 1.0
_ASK_EVERY_SECONDS = 60.0
_ASK = "vectortier.dev/reconcile-requested-at"
_SIZES = ("nodes", "servingNodes", "copies")
_CANNOT_BE_TOLD = (requests.RequestException, ClusterError, TimeoutError, KeyError, TypeError)


class Growth:
    """One run's way from the change of the spec to a tier that rests. `lacking` is what was missing when last asked."""

    def __init__(self, subject: Subject, direction: Direction) -> None:
        self._subject, self._direction = subject, direction
        self._before = {past["id"] for past in subject.tier.journal["history"]}
        self._asked_at = 0.0
        self.asked = 0
        self.lacking = "it was never asked"

    def is_over(self) -> bool:
        """Whether it has the size, everything is where it should be, and nothing is under way."""
        try:
            self.lacking = self._lacks()
        except _CANNOT_BE_TOLD as error:
            self.lacking = f"it cannot be told: {type(error).__name__}: {error}"
        return not self.lacking

    def await_end(self, timeout: float) -> bool:
        """Wait until it is over; an operation that has failed is asked for again, as a person would. Whether it is."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.is_over():
                return True
            with suppress(*_CANNOT_BE_TOLD):
                self._ask_again()
            time.sleep(_POLL_SECONDS)
        return False

    def operations(self) -> tuple[str, ...]:
        """Kind and result of each that has ended in this run."""
        return tuple(f"{past['kind']} {past['result']}" for past in self._history())

    def _history(self) -> list[dict[str, Any]]:
        return [past for past in self._subject.tier.journal["history"] if past["id"] not in self._before]

    def _lacks(self) -> str:
        """What is not yet as it should be, in words; empty when all is."""
        nodes, tier = self._direction.nodes, self._subject.tier
        if (operation := tier.journal["operation"]) is not None:
            left = [step for step in operation["steps"] if step["state"] not in ("Done", "Undone")]
            return f"{operation['kind']} is under way, next is {left[:1]}"
        resource = tier.read()
        status = resource.get("status") or {}
        if (sizes := {name: status.get(name) for name in _SIZES}) != dict.fromkeys(_SIZES, nodes):
            return f"{sizes} are to be {nodes}; {_conditions(status)}"
        if status.get("observedGeneration") != resource["metadata"]["generation"]:
            return "the newest spec has not been seen"
        if not self._subject.is_current():
            return f"a node was not made from the newest spec; {_conditions(status)}"
        asked = Nodes(self._subject)
        placed = asked.placement()
        if short := {shard: names for shard, names in placed.items() if len(names) != nodes}:
            return f"copies are to be {nodes}: {short}; {_conditions(status)}"
        return f"movements: {movements}" if (movements := asked.movements()) else ""

    def _ask_again(self) -> None:
        """As a person would where an operation has failed, and not too often."""
        history, now = self._history(), time.monotonic()
        stuck = bool(history) and history[-1]["result"] != "Succeeded"
        if (
            not stuck
            or self._subject.tier.journal["operation"] is not None
            or now - self._asked_at < _ASK_EVERY_SECONDS
        ):
            return
        self._asked_at = now
        self.asked += 1
        tier = self._subject.tier
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        tier.kubectl("-n", tier.namespace, "annotate", "vectortier", tier.name, "--overwrite", f"{_ASK}={at}")


def _conditions(status: dict[str, Any]) -> str:
    """Those that say something, as a person would read them."""
    told = [c for c in status.get("conditions", ()) if c.get("message")]
    return "; ".join(f"{c['type']}={c['status']} {c['reason']}: {c['message']}" for c in told)
