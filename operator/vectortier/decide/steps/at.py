"""Where in an operation we are, and the answers that every step has in common."""

from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.decide.facts.lanes import needed
from vectortier.decide.facts.look import Facts
from vectortier.decide.ruling import BUSY_SECONDS, Ruling, hold, propose
from vectortier.model.journal import Cost, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.load import Load
from vectortier.model.plan import CompleteStep, EndOperation, JournalStep
from vectortier.model.value import Unknown

_UNDER_WAY = {
    OperationKind.SCALE_OUT: Reason.SCALING_OUT,
    OperationKind.SCALE_IN: Reason.SCALING_IN,
    OperationKind.SPREAD: Reason.SPREADING,
    OperationKind.PURGE: Reason.PURGING_VOLUMES,
    OperationKind.RESTART: Reason.RESTARTING_NODES,
    OperationKind.UPGRADE: Reason.RESTARTING_NODES,
    OperationKind.RESIZE_VOLUMES: Reason.RESIZING_VOLUMES,
}


@dataclass(frozen=True)
class At:
    """A step of the running operation that may run now."""

    facts: Facts
    operation: Operation
    index: int

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.operation.steps[self.index]

    @property
    def reason(self) -> Reason:
        """Why nothing else is done meanwhile."""
        return under_way(self.operation.kind)

    @property
    def target(self) -> str:
        """The step's node."""
        return self.step.target or ""

    @property
    def journalled(self) -> bool:
        """Whether it was written down that the step is about to be taken."""
        return self.step.state is StepState.JOURNALLED

    @property
    def seconds(self) -> float:
        """For how long the step has been going on."""
        return self.facts.now - self.step.started_at if self.step.started_at is not None else 0.0

    @property
    def waiting_seconds(self) -> float:
        """For how long it has been this step's turn, whether or not it was journalled. A copy also waits for others to
        make room."""
        before = needed(self.operation, self.index)
        if self.step.name is StepName.COPY:
            before += tuple(s for s in self.operation.steps if s.name is StepName.COPY)
        ended = [step.finished_at for step in before if step.finished_at is not None]
        return self.facts.now - max([self.operation.started_at, self.step.added_at or 0.0, *ended])

    def label(self) -> str:
        """For example 'step 3 of 7 (Copy)'."""
        return f"step {self.index + 1} of {len(self.operation.steps)} ({self.step.name})"


def under_way(kind: OperationKind) -> Reason:
    """What an operation that goes on is called."""
    return _UNDER_WAY[kind]


def journal(
    at: At,
    expected_objects: int | None = None,
    predicted: Cost | None = None,
    late_before: float | None = None,
    tenant_status: str | None = None,
) -> Ruling:
    """Write down what is about to be done. It is done in a later tick, after another look."""
    action = JournalStep(
        index=at.index,
        expected_objects=expected_objects,
        predicted=predicted or at.step.predicted,
        late_before=late_before,
        tenant_status=tenant_status,
    )
    return propose(action, at.reason, f"{at.label()}: about to begin")


def complete(at: At, message: str, *, late: bool = False) -> Ruling:
    """The result was read back; `late`: it was not, but going on is better than to wait longer."""
    load = at.facts.load
    worst = load.p99_milliseconds if isinstance(load, Load) else None
    actual = Cost(seconds=at.seconds, p99_milliseconds=worst) if at.step.started_at is not None else Cost()
    return propose(CompleteStep(index=at.index, actual=actual, late=late), at.reason, f"{at.label()}: {message}")


def wait(at: At, message: str, reason: str | None = None) -> Ruling:
    """Nothing to do but look again soon."""
    return hold(reason or at.reason, f"{at.label()}: {message}", BUSY_SECONDS)


def fail(at: At, reason: str, message: str) -> Ruling:
    """Give up: the operation ends, what it has added stays, and nothing is lost by that."""
    text = f"{at.label()} failed: {message}"
    return propose(EndOperation(succeeded=False, message=text), reason, text)


def give_back(at: At, reason: str, message: str) -> Ruling:
    """End an operation that has taken nothing away: whoever was kept from serving serves again."""
    text = f"{at.operation.kind} {at.operation.id} is reversed: {message}"
    return propose(EndOperation(succeeded=False, reversed=True, message=text), reason, text)


def blocked(at: At, obstacle: Ruling) -> Ruling:
    """Something stands in the way of this step."""
    return wait(at, obstacle.message, obstacle.reason)


def blind(at: At, what: str) -> Ruling | None:
    """Wait while the metrics are not known; that nobody searches is known."""
    windows = at.facts.windows
    if isinstance(windows, Unknown) and windows.reason != Reason.NO_TRAFFIC:
        return wait(at, f"no node is {what} while the metrics are not known: {windows.message}", windows.reason)
    return None
