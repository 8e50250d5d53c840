"""Operators that die before or after a write, and one that stands still between its check and its write."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

from tests.chaos.faults.fault import Stage
from tests.chaos.nodes import MissedError
from tests.chaos.toll import DIE, GO, Rule, Write
from tests.cluster import ClusterError
from tests.e2e.faults import find_process, kill_pod
from tests.installation import OPERATOR_NAMESPACE
from tests.objects import get

DEATHS = 6
"""In one run."""
LEASE_SECONDS = 5.0
FROZEN_SECONDS = 3 * LEASE_SECONDS
STOPS = 8
"""In one run."""
TAKEN_OVER_SECONDS = 20.0
_BREATH_SECONDS = 2.0
_WRITES = 25
"""So many different ones an operation has, about."""
_STOPPED = "stopped before"
_OPERATION_SECONDS = 600.0
_STATUS_SECONDS = 30.0
_POLL_SECONDS = 0.1
_LOOK_SECONDS = 1.0


def dies(stage: Stage) -> None:
    """The operator ends at once, before or after writes at which none has ended so far. Another takes over."""
    rule = _Deaths(stage)
    stage.toll.before = stage.invariants.guarding(rule.at("before"))
    stage.toll.after = rule.at("after")
    end = time.monotonic() + _OPERATION_SECONDS
    while not stage.is_over() and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
    if not stage.hits:
        raise MissedError("no write was left at which no operator had died before")


class _Deaths:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lock = threading.Lock()
        self._last = 0.0

    def at(self, when: str) -> Rule:
        def rule(write: Write) -> str:
            what = f"killed {when}"
            with self._lock:
                rested = time.monotonic() - self._last > _BREATH_SECONDS
                enough = len(self._stage.hits) >= DEATHS
                if not rested or enough or not self._stage.is_due(what, write.label, _WRITES):
                    return GO
                self._last = time.monotonic()
                self._stage.note(what, write.label)
            threading.Thread(target=_replace, args=(self._stage, write.operator), daemon=True).start()
            return DIE

        return rule


def _replace(stage: Stage, operator: str) -> None:
    """Another pod in its place: a container that ends again and again is started ever later."""
    time.sleep(_BREATH_SECONDS / 2)
    with contextlib.suppress(ClusterError):
        kill_pod(stage.subject.cluster, OPERATOR_NAMESPACE, operator)


def stands_still(stage: Stage) -> None:
    """The leader is stopped after it has decided to write and before it does, for three leases; then it goes on. Again
    and again, at writes before which nobody was stopped so far."""
    caught = _Caught(stage)
    stage.toll.before = stage.invariants.guarding(caught.rule)
    for _ in range(STOPS):
        found = caught.wait()
        if found is None:
            break
        _hold(stage, *found)
        caught.release()
    if not stage.hits:
        raise MissedError("no write was left before which no operator had been stopped")


def _hold(stage: Stage, process: int, write: Write) -> None:
    try:
        time.sleep(FROZEN_SECONDS)
        others = [w for w in stage.toll.since(write.number + 1) if w.operator != write.operator]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)
    waited = others[0].at - write.at if others else None
    _judge(stage, write, waited)


class _Caught:
    """Waits for a write of the operation at which nobody was stopped so far, and stops whoever is about to make it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._found: tuple[int, Write] | None = None
        self._event = threading.Event()
        self._lock = threading.Lock()

    def rule(self, write: Write) -> str:
        with self._lock:
            if self._found is not None or not self._stage.is_due(_STOPPED, write.label, _WRITES):
                return GO
            cluster = self._stage.subject.cluster
            pod = get(cluster.kubectl, "pod", write.operator, OPERATOR_NAMESPACE)
            process = find_process(pod, "vectortier") if pod is not None else None
            if process is None:
                return GO
            os.kill(process, signal.SIGSTOP)
            self._stage.note(_STOPPED, write.label)
            self._found = process, write
            self._event.set()
        return GO

    def wait(self) -> tuple[int, Write] | None:
        """Whom it has stopped, and before which write; None: the operation is over."""
        end = time.monotonic() + _OPERATION_SECONDS
        while not self._event.wait(_LOOK_SECONDS):
            if self._stage.is_over() or time.monotonic() > end:
                return None
        return self._found

    def release(self) -> None:
        """The next one may be stopped."""
        with self._lock:
            self._found = None
            self._event.clear()


def _judge(stage: Stage, write: Write, waited: float | None) -> None:
    """What has become of the write of the one that woke up, and how soon another one wrote."""
    end = time.monotonic() + _STATUS_SECONDS
    while write.status is None and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    taken = "nobody else wrote" if waited is None else f"taken over after {waited:.1f} s"
    stage.hits[-1] += f": {taken}, then answered with {write.status}"
    if waited is not None and waited > TAKEN_OVER_SECONDS:
        stage.broken.append(f"taken over after {waited:.1f} s")
    if not write.accepted or waited is None:
        return
    if not write.label.startswith(("POST /v1/", "PUT /v1/", "DELETE /v1/")):
        stage.broken.append(f"the write '{write.label}' of an operator that had been stopped was accepted")
    elif write.label == "POST /v1/replication/replicate":
        same = [w for w in stage.toll.since(stage.began) if w.label == write.label and w.body == write.body]
        if sum(w.accepted for w in same) > 1:
            stage.broken.append("an operator that had been stopped began a second copy of the same shard")
