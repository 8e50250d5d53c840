"""One run: the tier grows, shrinks or restarts under reads and writes, one thing goes wrong, and then everything is
looked at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from tests.chaos.evidence import Evidence, examine
from tests.chaos.faults.fault import Coverage, Fault, Stage
from tests.chaos.invariants import Invariants
from tests.chaos.nodes import MissedError, Nodes
from tests.chaos.reads import Reads
from tests.chaos.subject import Direction, Subject
from tests.chaos.toll import Toll, let_go
from tests.cluster import ClusterError
from tests.e2e.searches import Searches
from tests.e2e.writes import Writes

CONVERGED_SECONDS = 900.0
QUIET_SECONDS = 60.0
_REST_SECONDS = 300.0
_POLL_SECONDS = 1.0
_ASK_EVERY_SECONDS = 60.0
_ASK = "vectortier.dev/reconcile-requested-at"
EFFECTS = (
    "StatefulSet's replicas",
    "DELETE persistentvolumeclaims",
    "DELETE pods",
    "POST /v1/replication/replicate",
    "POST /v1/replication/scale",
    "PUT /v1/schema/Document",
    "POST /v1/cluster/remove",
)
"""Writes that change where data is; each is to be done once, whatever happens to the operator."""


@dataclass
class Harness:
    """What all runs share. `writes` remembers every document that was acknowledged in any of them."""

    subject: Subject
    toll: Toll
    writes: Writes
    coverage: Coverage


@dataclass(frozen=True)
class Outcome:
    """What came of a run; everything but the evidence is counted or told in words."""

    fault: Fault
    seconds: float
    hits: tuple[str, ...]
    missed: str
    """Why the fault did not happen; empty when it did."""
    answered: int
    failed_searches: int
    partial: tuple[str, ...]
    acknowledged: int
    failed_writes: int
    evidence: Evidence
    broken: tuple[str, ...]
    converged: bool
    asked: int
    """How often the operator was asked to try again, as a person would."""
    effects: dict[str, int]
    operations: tuple[str, ...]


def run(harness: Harness, fault: Fault) -> Outcome:
    """Do it and look at what came of it. Raises TimeoutError where the tier cannot be asked any more."""
    subject, toll, writes = harness.subject, harness.toll, harness.writes
    began, number = time.monotonic(), len(toll.since(0))
    acknowledged, failed = writes.acknowledged, sum(writes.failures.values())
    growth = _Growth(subject, fault.direction)
    with Invariants(subject) as invariants:
        stage = Stage(subject, toll, invariants, fault.direction, harness.coverage, number, growth.is_over)
        toll.before = invariants.guarding(let_go)
        with Reads(subject) as reads, Searches(subject.tier, 8.0) as searches, writes:
            reads.await_more(20)
            writes.await_more(10)
            subject.ask_for(fault.direction)
            missed = _strike(stage, fault)
            toll.before, toll.after = invariants.guarding(let_go), let_go
            converged = growth.await_end(CONVERGED_SECONDS)
            reads.await_more(20)
            writes.await_more(10)
        stopped = time.monotonic()
        evidence = examine(subject, writes)
        quiet = _await_quiet(toll, stopped)
    broken = [*invariants.broken, *stage.broken]
    broken += [] if quiet or not converged else [f"it still wrote {_REST_SECONDS:.0f} s later: {quiet}"]
    return Outcome(
        fault=fault,
        seconds=round(time.monotonic() - began, 1),
        hits=tuple(stage.hits),
        missed=missed,
        answered=reads.answered + searches.answered,
        failed_searches=sum(reads.failures.values()) + sum(searches.failures.values()),
        partial=tuple(reads.partial) + tuple(_short(searches)),
        acknowledged=writes.acknowledged - acknowledged,
        failed_writes=sum(writes.failures.values()) - failed,
        evidence=evidence,
        broken=tuple(broken),
        converged=converged and quiet,
        asked=growth.asked,
        effects={name: count for name, count in toll.counts(number).items() if name in EFFECTS},
        operations=growth.operations(),
    )


def _strike(stage: Stage, fault: Fault) -> str:
    try:
        fault.strike(stage)
    except (MissedError, TimeoutError, requests.RequestException) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _short(searches: Searches) -> list[str]:
    """Answers over gRPC that had fewer documents than there are."""
    return [
        f"{count} short answers over {kind}" for (kind, code), count in searches.failures.items() if "SHORT" in code
    ]


def _await_quiet(toll: Toll, since: float) -> bool:
    """Whether the operator has written nothing for a while; waits for that."""
    while True:
        now = time.monotonic()
        last = max([since, *(write.at for write in toll.since(0)[-1:])])
        if now - last >= QUIET_SECONDS:
            return True
        if now - since > _REST_SECONDS:
            return False
        time.sleep(_POLL_SECONDS)


class _Growth:
    """How far the tier is on its way to another size."""

    def __init__(self, subject: Subject, direction: Direction) -> None:
        self._subject, self._direction = subject, direction
        self._before = {past["id"] for past in subject.tier.journal["history"]}
        self._asked_at = 0.0
        self.asked = 0

    def is_over(self) -> bool:
        """Whether it has the size, everything is where it should be, and nothing is under way."""
        return self._safely(self._has_arrived)

    def await_end(self, timeout: float) -> bool:
        """Wait until it is over; an operation that has failed is asked for again, as a person would. Whether it is."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.is_over():
                return True
            self._safely(self._ask_again)
            time.sleep(_POLL_SECONDS)
        return False

    def operations(self) -> tuple[str, ...]:
        """Kind and result of each that has ended in this run."""
        return tuple(f"{past['kind']} {past['result']}" for past in self._history())

    def _history(self) -> list[dict[str, Any]]:
        return [past for past in self._subject.tier.journal["history"] if past["id"] not in self._before]

    def _has_arrived(self) -> bool:
        nodes, tier = self._direction.nodes, self._subject.tier
        if tier.journal["operation"] is not None:
            return False
        resource = tier.read()
        status = resource.get("status") or {}
        if (status.get("nodes"), status.get("servingNodes"), status.get("copies")) != (nodes, nodes, nodes):
            return False
        if status.get("observedGeneration") != resource["metadata"]["generation"]:
            return False
        if not self._subject.is_current():
            return False
        asked = Nodes(self._subject)
        placed = asked.placement().values()
        return all(len(names) == nodes for names in placed) and not asked.movements()

    def _ask_again(self) -> bool:
        history, now = self._history(), time.monotonic()
        stuck = bool(history) and history[-1]["result"] != "Succeeded"
        if (
            not stuck
            or self._subject.tier.journal["operation"] is not None
            or now - self._asked_at < _ASK_EVERY_SECONDS
        ):
            return False
        self._asked_at = now
        self.asked += 1
        tier = self._subject.tier
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        tier.kubectl("-n", tier.namespace, "annotate", "vectortier", tier.name, "--overwrite", f"{_ASK}={at}")
        return True

    @staticmethod
    def _safely(question: Callable[[], bool]) -> bool:
        """No, where it cannot be told now."""
        try:
            return question()
        except (requests.RequestException, ClusterError, TimeoutError, KeyError, TypeError):
            return False
