"""The journal of disruptive operations: what was begun, how far it got, what it cost."""

from enum import StrEnum

from pydantic import Field

from vectortier.model.value import Value


class OperationKind(StrEnum):
    """What an operation does to the tier."""

    SCALE_OUT = "ScaleOut"
    SCALE_IN = "ScaleIn"
    SPREAD = "Spread"
    """Shards move from nodes that hold more than their share to those that hold less. As many copies stay."""
    PURGE = "Purge"
    """The volumes of nodes that were taken away long ago go."""
    RESTART = "Restart"
    """Nodes that started before the last change of the spec start anew, one after the other."""
    UPGRADE = "Upgrade"
    """The same, with another image."""
    RESIZE_VOLUMES = "ResizeVolumes"
    """The volumes become larger, those of nodes to come included."""


RESTARTS = (OperationKind.RESTART, OperationKind.UPGRADE)
"""Kinds that move no data and leave the tier as large as it is."""


class StepName(StrEnum):
    """The small idempotent steps that operations are made of."""

    ADD_NODE = "AddNode"
    AWAIT_NODE = "AwaitNode"
    COPY = "Copy"
    RAISE_FACTOR = "RaiseFactor"
    WARM = "Warm"
    SERVE = "Serve"
    DRAIN = "Drain"
    LOWER_FACTOR = "LowerFactor"
    DROP_COPY = "DropCopy"
    RESTORE_TENANT = "RestoreTenant"
    REMOVE_NODE = "RemoveNode"
    REMOVE_FROM_RAFT = "RemoveFromRaft"
    PURGE_VOLUME = "PurgeVolume"
    EXPAND_VOLUME = "ExpandVolume"
    RECREATE_STATEFUL_SET = "RecreateStatefulSet"
    RESTART_NODE = "RestartNode"


class StepState(StrEnum):
    """Journalled is written before a step is taken, Done after its result was read back."""

    PENDING = "Pending"
    JOURNALLED = "Journalled"
    DONE = "Done"
    UNDONE = "Undone"


class Result(StrEnum):
    """How an operation ended."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    REVERSED = "Reversed"
    """Ended before anything was taken away: because that was needed after all, or because copying hurt searches."""


class Cost(Value):
    """What a step moves, takes and does to searches."""

    bytes: int | None = None
    seconds: float | None = None
    p99_milliseconds: float | None = None


class Step(Value):
    """One step. Times are Unix seconds."""

    name: StepName
    collection: str | None = None
    shard: str | None = None
    source: str | None = None
    target: str | None = None
    nodes: int | None = None
    """AddNode, RemoveNode, RecreateStatefulSet: the StatefulSet's replicas after the step."""
    size: str | None = None
    """ExpandVolume, RecreateStatefulSet: what each volume is to have, as a quantity."""
    refusal: str | None = None
    """ExpandVolume: why the API server refuses it, in its words."""
    factor: int | None = None
    """RaiseFactor, LowerFactor: the collection's factor after the step."""
    expected_objects: int | None = None
    """Copy: objects on the source when the step was journalled; the copy must have at least as many. DropCopy: objects
    of the copy that goes, for when it does not say any more."""
    tenant_status: str | None = None
    """Copy: what the tenant was before it was touched. To copy it makes it HOT. DropCopy: COLD, when it has to be made
    HOT to be counted."""
    added_at: float | None = None
    """When it was added to an operation that was under way; None: it has been there from the beginning."""
    late_before: float | None = None
    """Copy: the share of searches that were late when it was begun, 0..1; None: not known."""
    asked_at: float | None = None
    """Copy: when Weaviate was asked for it and did not answer."""
    weaviate_operation_id: str | None = None
    state: StepState = StepState.PENDING
    attempts: int = 0
    """Copy: how many movements Weaviate has taken on for this step."""
    started_at: float | None = None
    finished_at: float | None = None
    predicted: Cost = Cost()
    actual: Cost = Cost()


class Operation(Value):
    """A disruptive operation: at most one per tier at a time."""

    id: str
    kind: OperationKind
    why: str
    """Id of the decision that began it."""
    epoch: int
    """The leader's epoch; written by whoever takes the lock, 0 in a proposal."""
    generation: int = 0
    """Generation of the spec that it was begun under: after a failure a new spec is worth a new attempt."""
    nodes: int = 0
    """How many nodes the tier is to have afterwards."""
    copies: int = 0
    """How many copies every shard is to have afterwards."""
    started_at: float
    finished_at: float | None = None
    steps: tuple[Step, ...]
    result: Result | None = None
    message: str = ""

    @property
    def current(self) -> int | None:
        """Index of the first step that is not done, though later ones may be; None when all are."""
        return next((i for i, s in enumerate(self.steps) if s.state is not StepState.DONE), None)


class ServingEndpoint(Value):
    """A Weaviate pod that the gateway sends requests to."""

    pod: str
    ip: str
    started_at: float
    """Start of the container that was found warm; a restarted one has to earn its place again."""


class Journal(Value):
    """What the tier remembers across restarts of the operator."""

    operation: Operation | None = None
    history: tuple[Operation, ...] = Field(default=(), max_length=20)
    serving: tuple[ServingEndpoint, ...] = ()

    @property
    def recreating(self) -> Step | None:
        """The step for which the StatefulSet may be gone; None: nobody has meant it to be."""
        steps = self.operation.steps if self.operation is not None else ()
        begun = (s for s in steps if s.name is StepName.RECREATE_STATEFUL_SET and s.state is StepState.JOURNALLED)
        return next(begun, None)

    def removed_at(self, node: str) -> float | None:
        """When an operation last took the node away, in Unix seconds; None: none that is remembered has, or one has
        added it again since."""
        operations = (*self.history, *((self.operation,) if self.operation is not None else ()))
        steps = [s for o in operations for s in o.steps if s.target == node and s.finished_at is not None]
        removed = _latest(steps, StepName.REMOVE_FROM_RAFT)
        added = _latest(steps, StepName.AWAIT_NODE)
        return None if removed is None or (added is not None and added > removed) else removed


def _latest(steps: list[Step], name: StepName) -> float | None:
    return max((s.finished_at for s in steps if s.name is name and s.finished_at is not None), default=None)
