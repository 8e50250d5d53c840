"""The measurement: raise the load until the promise breaks, hold it, and watch the operator mend it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from tests.demo import ramp
from tests.demo.phases import Moments, Phase, Span, figures, window
from tests.demo.ramp import Ramp, RampSettings
from tests.demo.requestlog import OK, UNANSWERED, Request
from tests.demo.story import Look, Story

TICK_SECONDS = 1.0
RETRIES_EVERY_SECONDS = 5.0
RECENT_SECONDS = 15.0
ACT_WITHIN_SECONDS = 300.0
FINISH_WITHIN_SECONDS = 900.0
HELD_SECONDS = 45.0
"""How long the load has to have been held before the operator may act: that is what it is compared with afterwards."""
LOOK_AT = "`kubectl -n demo describe vt demo` says why"


class ExperimentError(RuntimeError):
    """It did not come to a measurement afterwards; what was measured so far is there. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is going on, for the person who watches. `recent` and `failed` cover the last 15 s.

    A search without an answer so far is late, but has not failed.
    """

    time: float
    stage: str
    offered_qps: float
    recent: Phase
    failed: int
    nodes: int | None
    copies: int | None
    doing: str
    last_decision: str


class Log(Protocol):
    """The requests so far; see RequestLog."""

    def since(self, due: float) -> list[Request]: ...


class Source(Protocol):
    """Where the load comes from; see Load."""

    @property
    def log(self) -> Log: ...

    def set_rate(self, requests_per_second: float) -> None: ...

    def check(self) -> None: ...

    def drain(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world: the tier's status and pause, the gateway's retries, where to show what is going on, and
    time."""

    look: Callable[[float], Look | None]
    retries: Callable[[], float | None]
    show: Callable[[Live], None]
    pause: Callable[[bool], None]
    """Has the operator only watch, or act again."""
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Experiment:
    """One run. Times are seconds since the load began; `stalls` are those at which a break turned out to be a stall."""

    load: Source
    ports: Ports
    slo_milliseconds: int
    settings: RampSettings = field(default_factory=RampSettings)
    story: Story = field(default_factory=Story)
    retries: list[tuple[float, float]] = field(default_factory=list)
    plateau: float | None = None
    stalls: list[float] = field(default_factory=list)
    ended: float = 0.0
    state: Ramp = field(init=False)
    _paused: bool = False
    _began: float = field(init=False)

    def run(self) -> None:
        """Runs until the time after the last copy has been measured; ExperimentError where it never comes to that."""
        self._began = self.ports.clock()
        self.state = ramp.begin(self.settings, 0.0)
        self.load.set_rate(self.state.rate)
        try:
            self._pause(True)
            while not self.story.finished(self.ended):
                self._tick()
        finally:
            # Also where it ends early: a search that the generator gives up would count as failed.
            self.load.drain()
            self._pause(False)

    def _tick(self) -> None:
        self.ports.wait(TICK_SECONDS)
        self.load.check()
        self.ended = now = self.ports.clock() - self._began
        self.state = self._steer(self.state, now)
        # It would add a node before the promise breaks, and nothing would be there to compare with.
        self._pause(self.plateau is None or now - self.plateau < HELD_SECONDS)
        self._watch(now)
        self.ports.show(self._live(self.state, now))
        self._complain(self.state, now)

    def _pause(self, paused: bool) -> None:
        if paused != self._paused and self.story.first_action is None:
            self.ports.pause(paused)
            self._paused = paused

    def requests(self, since: float = 0.0) -> list[Request]:
        """Requests that were due from then on, on the run's clock."""
        return [
            replace(
                one, due=one.due - self._began, finished=None if one.finished is None else one.finished - self._began
            )
            for one in self.load.log.since(self._began + since)
        ]

    def moments(self) -> Moments:
        return self.story.moments(self.plateau)

    def _steer(self, state: Ramp, now: float) -> Ramp:
        due = ramp.due_window(state, self.settings, now)
        if due is None or self.story.first_action is not None:
            return state  # once the operator has acted, the load stays what it is
        measured = window(self.requests(due[0]), *due, self.slo_milliseconds)
        following = ramp.advance(state, self.settings, measured, now)
        if following.rate != state.rate:
            self.load.set_rate(following.rate)
        if following.held and (not state.held or following.rate != state.rate):
            self.plateau = now
        elif state.held and not following.held:
            self.plateau = None
            self.stalls.append(round(now, 1))
        return following

    def _watch(self, now: float) -> None:
        seen = self.ports.look(now)
        if seen is None:
            self.story.miss(now)
        else:
            self.story.see(seen)
        if not self.retries or now - self.retries[-1][0] >= RETRIES_EVERY_SECONDS:
            count = self.ports.retries()
            if count is not None:
                self.retries.append((now, count))

    def _live(self, state: Ramp, now: float) -> Live:
        recent = Span(max(0.0, now - RECENT_SECONDS), max(0.1, now - self.settings.grace_seconds))
        requests = self.requests(recent.begin)
        shape = self.story.shapes[-1]
        decision = self.story.decisions[-1] if self.story.decisions else None
        return Live(
            time=now,
            stage=self._stage(state),
            offered_qps=state.rate,
            recent=figures(requests, recent, self.slo_milliseconds),
            failed=sum(one.code not in (OK, UNANSWERED) for one in requests),
            nodes=shape.nodes,
            copies=shape.copies,
            doing=self.story.doing,
            last_decision=f"{decision.action} {decision.reason}: {decision.message}" if decision else "",
        )

    def _stage(self, state: Ramp) -> str:
        if not state.held:
            return "raising the load again: the break was a stall" if self.stalls else "raising the load"
        if self.story.first_action is None:
            return "broken: waiting for the operator"
        if self.story.last_copy_serves is None or self.story.busy:
            return "the operator acts"
        return "measuring afterwards"

    def _complain(self, state: Ramp, now: float) -> None:
        if state.exhausted:
            raise ExperimentError(
                f"One copy kept its promise up to {state.rate:.0f} searches per second, and the load goes no higher: "
                "is the CPU limit of the Weaviate pods enforced?"
            )
        held = now - self.plateau if self.plateau is not None else 0.0
        if self.story.first_action is None and held > ACT_WITHIN_SECONDS:
            raise ExperimentError(f"The operator did not act within {ACT_WITHIN_SECONDS:.0f} s; {LOOK_AT}.")
        if held > FINISH_WITHIN_SECONDS:
            raise ExperimentError(f"The operator did not finish within {FINISH_WITHIN_SECONDS:.0f} s; {LOOK_AT}.")
