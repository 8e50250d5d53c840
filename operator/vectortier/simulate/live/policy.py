"""The operator in the simulation: observe, decide, act. Only observing and acting are played; `decide` is the live one.

Acting writes the same entries to the journal as the operator does (`act.entries`).
"""

from vectortier.act import entries
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal
from vectortier.model.observation import Identity, Observation
from vectortier.model.plan import (
    Action,
    AdoptCopy,
    BeginOperation,
    CompleteStep,
    DeleteMovement,
    EndOperation,
    JournalStep,
    Plan,
    RaiseFactor,
    RestartNode,
    SetNodes,
    StartCopy,
    WarmNode,
)
from vectortier.model.weaviate import Database
from vectortier.model.workload import Workload
from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Decision, Look
from vectortier.simulate.live.load import LoadReader
from vectortier.simulate.live.world import NAMESPACE, START, TIER, World, endpoint_of
from vectortier.simulate.sensor import Sensor

_EPOCH = 1
_IDENTITY = Identity(namespace=NAMESPACE, name=TIER, uid="simulated", generation=1)


class Vectortier:
    """The operator of one tier. It looks as often as its plans say, at once after it has done something."""

    def __init__(self, spec: VectorTierSpec) -> None:
        self._spec = spec
        self._load = LoadReader(spec)
        self._world: World | None = None
        self._state: tuple[object, ...] = ()
        self._known: tuple[Workload, Database] | None = None
        self._warming: dict[int, float] = {}

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """One pass of the loop."""
        world = self._world = self._world or World.around(self._spec, tier)
        world.settle(now)
        observed = self._observe(world, sensor, now)
        plan = decide(self._spec, observed, observed.now)
        kind = world.journal.operation.kind if world.journal.operation is not None else None
        done = self._act(world, plan, now)
        return Look(_decision(plan, kind, now), 0.0 if done else plan.next_check_seconds)

    def _observe(self, world: World, sensor: Sensor, now: float) -> Observation:
        state = world.state(now)
        if self._known is None or state != self._state:
            self._state, self._known = state, (world.workload(now), world.database(now))
        workload, database = self._known
        return Observation(
            now=START + now,
            tier=_IDENTITY,
            workload=workload,
            database=database,
            load=self._load.read(world.tier, sensor, now),
            journal=world.journal,
        )

    def _act(self, world: World, plan: Plan, now: float) -> bool:
        """Carry out the plan; whether its action is done, and not still going on."""
        target = world.journal
        if plan.serving is not None:
            target = target.model_copy(update={"serving": plan.serving})
            _serve(world, target, now)
        after = target if plan.action is None else self._effect(world, plan.action, target, now)
        world.journal = target if after is None else after
        return plan.action is not None and after is not None

    def _effect(self, world: World, action: Action, journal: Journal, now: float) -> Journal | None:
        """The journal after the action; None while it goes on."""
        match action:
            case SetNodes():
                while len(world.tier.nodes) < action.nodes:
                    world.tier.add_node(now)
                return journal
            case StartCopy():
                return entries.copy_started(journal, action, world.start_copy(action, now))
            case DeleteMovement():
                del world.movements[action.weaviate_operation_id]
                return entries.movement_deleted(journal, action)
            case RaiseFactor():
                world.factor = action.factor
                return journal
            case WarmNode():
                return self._warm(world, action, journal, now)
            case RestartNode():
                raise NotImplementedError("no node of a simulated tier is ever cut off")
            case _:
                return _entry(action, journal, START + now)

    def _warm(self, world: World, action: WarmNode, journal: Journal, now: float) -> Journal | None:
        ordinal = world.node(action.node).ordinal
        since = self._warming.setdefault(ordinal, now)
        if now - since < world.tier.model.load_seconds:
            return None
        del self._warming[ordinal]
        return entries.step_done(journal, action.index, Cost(seconds=now - since), START + now)


def _entry(
    action: BeginOperation | JournalStep | AdoptCopy | CompleteStep | EndOperation, journal: Journal, now: float
) -> Journal:
    """Actions that only write to the journal. `now` is Unix seconds."""
    match action:
        case BeginOperation():
            return entries.begun(journal, action, _EPOCH)
        case JournalStep():
            return entries.step_journalled(journal, action, now)
        case AdoptCopy():
            return entries.copy_started(journal, action, action.weaviate_operation_id)
        case CompleteStep():
            return entries.step_done(journal, action.index, action.actual, now)
        case EndOperation():
            return entries.ended(journal, action, now)


def _serve(world: World, journal: Journal, now: float) -> None:
    """Let the gateway send searches to the serving set and nobody else."""
    for node in world.tier.nodes:
        serves = endpoint_of(node) in journal.serving
        if serves and node.serves_from > now:
            node.serves_from = now
        elif not serves:
            node.serves_from = float("inf")


def _decision(plan: Plan, kind: str | None, now: float) -> Decision | None:
    """The begin of an operation, and an end without success."""
    action = plan.action
    if isinstance(action, BeginOperation):
        return Decision(now, action.operation.kind, plan.reason, plan.message, plan.nodes, plan.copies)
    if isinstance(action, EndOperation) and not action.succeeded:
        return Decision(now, f"{kind}Failed", plan.reason, plan.message, plan.nodes, plan.copies)
    return None
