"""The operator, played: observe, decide, act. Only observing and acting on the outside are; `decide` is the live one.

Acting writes the same entries to the journal as the operator does (`act.entries`).
"""

from dataclasses import dataclass

from vectortier.act import entries
from vectortier.decide.tier import decide
from vectortier.model.journal import Cost, Journal, OperationKind
from vectortier.model.learned import Learned
from vectortier.model.load import Load
from vectortier.model.observation import Identity, Observation
from vectortier.model.plan import (
    Action,
    ActivateTenant,
    BeginOperation,
    DeleteMovement,
    DropCopy,
    ExpandVolume,
    LowerFactor,
    Plan,
    PurgeVolume,
    RaiseFactor,
    RecreateStatefulSet,
    RemoveFromRaft,
    RemoveNode,
    RestartNode,
    RestoreTenant,
    SetNodes,
    StartCopy,
    WarmNode,
)
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.model.workload import Workload
from vectortier.played.world import NAMESPACE, TIER, World

_EPOCH = 1
IDENTITY = Identity(namespace=NAMESPACE, name=TIER, uid=NAMESPACE, generation=1)
"""Of every played tier: there is one in a world."""


@dataclass(frozen=True)
class Looked:
    """What came of one look. `kind` is that of the operation that was under way before it; `done`: the plan's action
    is done, so that it is worth looking again at once."""

    plan: Plan
    kind: OperationKind | None
    done: bool

    @property
    def changed(self) -> bool:
        """Whether another look sees something else: after an action, or once the gateway was told whom to ask."""
        return self.done or self.plan.serving is not None


class Operator:
    """The operator of one tier."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._state: tuple[object, ...] = ()
        self._known: tuple[Workload, Database] | None = None
        self._warming: dict[int, float] = {}
        self._learned = Learned()

    def look(self, load: Load | Unknown, now: float) -> Looked:
        """One pass of the loop, at a time of the tier, with what metrics show."""
        world = self._world
        world.settle(now)
        observed = self._observe(world, load, now)
        plan = decide(world.spec, observed, observed.now)
        self._learned = plan.learned
        kind = world.journal.operation.kind if world.journal.operation is not None else None
        return Looked(plan, kind, self._act(world, plan, now))

    def _observe(self, world: World, load: Load | Unknown, now: float) -> Observation:
        state = world.state(now)
        if self._known is None or state != self._state:
            self._state, self._known = state, (world.workload(now), world.database(now))
        workload, database = self._known
        return Observation(
            now=world.epoch + now,
            tier=IDENTITY,
            workload=workload,
            database=database,
            load=load,
            journal=world.journal,
            learned=self._learned,
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
        after: Journal | None = journal
        match action:
            case BeginOperation():
                after = entries.begun(journal, action, _EPOCH)
            case SetNodes():
                world.set_nodes(action.nodes, now)
            case StartCopy():
                movement = world.start_copy(action, now)
                after = None if movement is None else entries.copy_started(journal, action, movement)
            case DeleteMovement():
                del world.movements[action.weaviate_operation_id]
                after = entries.movement_deleted(journal, action)
            case RaiseFactor() | LowerFactor():
                world.factor = action.factor
            case DropCopy():
                world.drop_copy(action)
            case RemoveNode():
                world.set_nodes(action.nodes, now)
            case WarmNode():
                after = self._warm(world, action, journal, now)
            case (
                RestartNode()
                | RemoveFromRaft()
                | PurgeVolume()
                | ExpandVolume()
                | RecreateStatefulSet()
                | ActivateTenant()
                | RestoreTenant()
            ):
                raise NotImplementedError(
                    "a played node is never cut off, leaves nothing behind, and has neither a volume nor tenants"
                )
            case _:
                after = entries.noted(journal, action, world.epoch + now)
        return after

    def _warm(self, world: World, action: WarmNode, journal: Journal, now: float) -> Journal | None:
        """The journal with the first of the nodes that is warm."""
        for each in (action, *action.beside):
            ordinal = world.node(each.node).ordinal
            since = self._warming.setdefault(ordinal, now)
            if world.tier.is_warm(ordinal, now - since):
                del self._warming[ordinal]
                return entries.step_done(journal, each.index, Cost(seconds=now - since), world.epoch + now)
        return None


def _serve(world: World, journal: Journal, now: float) -> None:
    """Let the gateway send searches to the serving set and nobody else."""
    chosen = frozenset(node.ordinal for node in world.tier.nodes if world.endpoint(node) in journal.serving)
    world.tier.serve(chosen, now)
