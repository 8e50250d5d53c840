"""The operator of a tier that lines tell of: one line in, one decision out."""

from dataclasses import asdict, dataclass, replace

from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal, Operation, OperationKind, Result, Step, StepName, StepState
from vectortier.model.load import Load
from vectortier.model.observation import Observation
from vectortier.model.plan import BeginOperation, ExtendOperation, StartCopy
from vectortier.model.value import Unknown
from vectortier.played.operator import IDENTITY, Looked, Operator
from vectortier.played.world import COLLECTION, Copying, World, name_of
from vectortier.stream.line import Gap, Line, LineError
from vectortier.stream.load import LoadReader
from vectortier.stream.tier import Awaited, ToldTier

_MOST_LOOKS = 2000
"""Far more than the steps to fifty nodes take: so many looks at one line would go on for ever."""
_FOREIGN = "told"
"""The id of a movement that a line tells of and that the operator did not ask for."""

_BEGINNING = (BeginOperation, ExtendOperation)


@dataclass(frozen=True)
class Answer:
    """What the tier should have, and why; as `plan --stream` prints it.

    `action` is what begins with this line, otherwise Hold; nodes and copies are wanted on every line. They are None
    until a line has told of the tier: a number would ask for a change of what nobody has seen.
    """

    nodes: int | None
    copies: int | None
    action: str
    reason: str
    message: str
    next_check_seconds: float

    def as_json(self) -> dict[str, object]:
        """Whole seconds as whole numbers."""
        seconds = self.next_check_seconds
        return {**asdict(self), "next_check_seconds": int(seconds) if seconds.is_integer() else seconds}


class Stream:
    """Keeps between lines what the operator keeps between looks: the journal, and the windows that metrics fill."""

    def __init__(self, spec: VectorTierSpec) -> None:
        self._spec = spec
        self._load = LoadReader(spec)
        self._told: _Told | None = None
        self._now = -1.0
        self._window_seconds = 15.0

    def answer(self, line: Line | Gap) -> Answer:
        """The decision about a line. Raises LineError when it cannot follow the one before it."""
        self._pass_time(line)
        if isinstance(line, Line):
            self._told = self._told or _Told(self._spec, line)
            self._told.tell(line)
            return _answer(self._told.looks(self._load.read(line, self._told.tier), self._now))
        blind = self._load.blind()
        if self._told is None:
            seen_nothing = decide(self._spec, _nothing_seen(blind, self._now), self._now)
            return replace(_answer([Looked(seen_nothing, None, done=False)]), nodes=None, copies=None)
        return _answer(self._told.looks(blind, self._now))

    @property
    def journal(self) -> Journal | None:
        """What the operator remembers; None before the first line that tells of the tier."""
        return None if self._told is None else self._told.world.journal

    def _pass_time(self, line: Line | Gap) -> None:
        now = self._now + self._window_seconds if line.now is None else line.now
        if now <= self._now:
            raise LineError(f"now is {now:.15g}, but must be more than in the line before, {self._now:.15g}")
        self._now = now
        if isinstance(line, Line):
            self._window_seconds = line.window_seconds


class _Told:
    """The tier as the last line told it, and its operator."""

    def __init__(self, spec: VectorTierSpec, first: Line) -> None:
        self.tier = ToldTier(first)
        holders = max(1, min(first.serving, first.nodes))
        self.world = World.around(spec, self.tier, epoch=0.0, shards=1, holders=holders)
        self.world.journal = self.world.journal.model_copy(update={"history": (_made_before(first),)})
        self._operator = Operator(self.world)

    def tell(self, line: Line) -> None:
        """Take over what the line says of the nodes."""
        self.tier.tell(line)
        operation = self.world.journal.operation
        steps = operation.steps if operation is not None else ()
        awaited = frozenset(step.target for step in steps if step.name is StepName.COPY and step.target is not None)
        self.world.place(self.tier.holders(line, awaited))
        self._note_foreign(line)

    def looks(self, load: Load | Unknown, now: float) -> list[Looked]:
        """One look, and another one after each that does something: live they are seconds apart, a line is longer."""
        looks = [self._operator.look(load, now)]
        while looks[-1].changed and len(looks) < _MOST_LOOKS:
            looks.append(self._operator.look(load, now))
        return looks

    def _note_foreign(self, line: Line) -> None:
        if line.copying == 0 or self.world.journal.operation is not None:
            self.world.movements.pop(_FOREIGN, None)
            return
        source, target = name_of(self.tier.nodes[0]), name_of(self.tier.nodes[-1])
        shard = next(iter(self.world.held))
        asked = StartCopy(index=0, collection=COLLECTION, shard=shard, source=source, target=target)
        self.world.movements.setdefault(_FOREIGN, Copying(asked, Awaited(line.now)))


def _nothing_seen(why: Unknown, now: float) -> Observation:
    """Before the first line that tells of the tier."""
    return Observation(now=now, tier=IDENTITY, workload=why, database=why, load=why, journal=why)


def _made_before(line: Line) -> Operation:
    """A scale-out of long ago: a live operator knows what a copy takes from those that it has made.

    A line does not say which part of the time is the transfer, so that all of it counts as such.
    """
    ended = line.now - 86_400.0 * 7
    began = ended - line.copy_seconds
    copy = Step(
        name=StepName.COPY,
        state=StepState.DONE,
        started_at=began,
        finished_at=ended,
        predicted=Cost(bytes=round(line.bytes_per_copy)),
        actual=Cost(seconds=line.copy_seconds),
    )
    return Operation(
        id="made-before",
        kind=OperationKind.SCALE_OUT,
        why="told",
        epoch=1,
        generation=1,
        started_at=began,
        finished_at=ended,
        steps=(copy,),
        result=Result.SUCCEEDED,
        message="what a copy takes, from the first line",
    )


def _answer(looks: list[Looked]) -> Answer:
    last = looks[-1].plan
    begun = [(look.plan, look.plan.action.operation.kind) for look in looks if isinstance(look.plan.action, _BEGINNING)]
    said, action = begun[0] if begun else (last, "Hold")
    return Answer(last.nodes, last.copies, str(action), said.reason, said.message, last.next_check_seconds)
