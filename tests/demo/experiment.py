"""The measurement: raise the load until the promise breaks, hold it, watch the operator mend it, and let it fall."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.demo import ramp
from tests.demo.phases import Moments, Span, figures, window
from tests.demo.ports import Live, Ports, Source
from tests.demo.ramp import Ramp, RampSettings
from tests.demo.requestlog import OK, UNANSWERED, Request
from tests.demo.stages import Where, complaint, stage
from tests.demo.story import Story

TICK_SECONDS = 1.0
RETRIES_EVERY_SECONDS = 5.0
RECENT_SECONDS = 15.0
HELD_SECONDS = 45.0
"""How long the load has to have been held before the operator may act: that is what it is compared with afterwards."""
LOW_SHARE = 0.15
"""Of the rate that broke the promise: what the load falls to. The operator takes one copy to carry about six tenths of
that rate, and keeps a quarter of a copy for making the next one and room for what may come within ten minutes, of which
it knows little yet. At 0.4 it would keep two nodes; at 0.25 what may come reaches a second copy again and again while
it learns, and it waits for a quarter of an hour."""


class ExperimentError(RuntimeError):
    """It did not come to its end; what was measured so far is there. The message says what to do."""


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
    load_fell: float | None = None
    low_qps: float | None = None
    stalls: list[float] = field(default_factory=list)
    ended: float = 0.0
    state: Ramp = field(init=False)
    _paused: bool = False
    _began: float = field(init=False)

    def run(self) -> None:
        """Runs until the time with fewer nodes has been measured; ExperimentError where it never comes to that."""
        self._began = self.ports.clock()
        self.state = ramp.begin(self.settings, 0.0)
        self.load.set_rate(self.state.rate)
        try:
            self._pause(True)
            while not self.story.measured(self.moments().scaled_in, self.ended):
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
        self._let_fall(self.state, now)
        where = Where(now, self.state, self.moments(), self.story.operation, bool(self.stalls))
        self.ports.show(self._live(where))
        if (trouble := complaint(where)) is not None:
            raise ExperimentError(trouble)

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
        return self.story.moments(self.plateau, self.load_fell)

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

    def _let_fall(self, state: Ramp, now: float) -> None:
        """Once, when the time after the scale-out has been measured."""
        if self.load_fell is None and self.story.measured(self.story.last_copy_serves, now):
            self.low_qps = LOW_SHARE * (state.broke_qps or state.rate)
            self.load_fell = now
            self.load.set_rate(self.low_qps)

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

    def _live(self, where: Where) -> Live:
        now = where.now
        recent = Span(max(0.0, now - RECENT_SECONDS), max(0.1, now - self.settings.grace_seconds))
        requests = self.requests(recent.begin)
        shape = self.story.shapes[-1]
        decision = self.story.decisions[-1] if self.story.decisions else None
        return Live(
            time=now,
            stage=stage(where),
            offered_qps=where.ramp.rate if self.low_qps is None else self.low_qps,
            recent=figures(requests, recent, self.slo_milliseconds),
            failed=sum(one.code not in (OK, UNANSWERED) for one in requests),
            nodes=shape.nodes,
            copies=shape.copies,
            doing=self.story.doing,
            last_decision=f"{decision.action} {decision.reason}: {decision.message}" if decision else "",
        )
