"""One run: the tier grows, shrinks or restarts under reads and writes, one thing goes wrong, and then everything is
looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass

import requests

from tests.chaos.evidence import Evidence, examine
from tests.chaos.faults.fault import Coverage, Fault, Stage
from tests.chaos.growth import Growth
from tests.chaos.invariants import Invariants
from tests.chaos.nodes import MissedError
from tests.chaos.reads import Reads
from tests.chaos.subject import Subject
from tests.chaos.toll import Toll, let_go
from tests.e2e.searches import Searches
from tests.e2e.writes import Writes

CONVERGED_SECONDS = 900.0
QUIET_SECONDS = 60.0
_REST_SECONDS = 300.0
_POLL_SECONDS = 1.0
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
    lacking: str
    """What was still missing when it was given up; empty when it converged."""
    asked: int
    """How often the operator was asked to try again, as a person would."""
    effects: dict[str, int]
    """How often each change was accepted."""
    unanswered: dict[str, int]
    """How often each was asked for without an answer in time."""
    operations: tuple[str, ...]


def run(harness: Harness, fault: Fault) -> Outcome:
    """Do it and look at what came of it. Raises TimeoutError where the tier cannot be asked any more."""
    subject, toll, writes = harness.subject, harness.toll, harness.writes
    began, number = time.monotonic(), len(toll.since(0))
    acknowledged, failed = writes.acknowledged, sum(writes.failures.values())
    growth = Growth(subject, fault.direction)
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
        lacking="" if converged else growth.lacking,
        asked=growth.asked,
        effects={name: count for name, count in toll.counts(number).items() if name in EFFECTS},
        unanswered={name: count for name, count in toll.unanswered(number).items() if name in EFFECTS},
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
