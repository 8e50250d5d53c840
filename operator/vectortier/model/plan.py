"""What the operator means to do, and why."""

from enum import StrEnum
from typing import Literal

from vectortier.model.journal import Cost, Operation, ServingEndpoint
from vectortier.model.learned import Learned
from vectortier.model.value import Value


class Outcome(StrEnum):
    """What a rule says. Pass: nothing against going on. Hold: do nothing now. Propose: act."""

    PASS = "Pass"  # noqa: S105 a verdict, not a password
    HOLD = "Hold"
    PROPOSE = "Propose"


class Verdict(Value):
    """One rule's answer, with the numbers it was drawn from in the message."""

    rule: str
    outcome: Outcome
    reason: str
    message: str


class BeginOperation(Value):
    """Take the lock and write the operation to the journal. Nothing is moved yet."""

    type: Literal["BeginOperation"] = "BeginOperation"
    operation: Operation


class ExtendOperation(Value):
    """Put the same operation, with more steps, in the place of the one in the journal. Nothing is moved yet."""

    type: Literal["ExtendOperation"] = "ExtendOperation"
    operation: Operation


class JournalStep(Value):
    """Write down that a step is about to be taken: Journalled, started now, with what is known and predicted."""

    type: Literal["JournalStep"] = "JournalStep"
    index: int
    expected_objects: int | None = None
    predicted: Cost = Cost()
    late_before: float | None = None
    """Copy: the share of searches that are late without it, 0..1; None: not known."""
    tenant_status: str | None = None


class SetNodes(Value):
    """Set the StatefulSet's replicas."""

    type: Literal["SetNodes"] = "SetNodes"
    index: int
    nodes: int


class StartCopy(Value):
    """Ask Weaviate to copy a shard. The answer's id is journalled, and counted as an attempt."""

    type: Literal["StartCopy"] = "StartCopy"
    index: int
    collection: str
    shard: str
    source: str
    target: str


class AdoptCopy(Value):
    """Note the id of a copy that was started before a crash, and count it as an attempt."""

    type: Literal["AdoptCopy"] = "AdoptCopy"
    index: int
    weaviate_operation_id: str


class DeleteMovement(Value):
    """Delete a finished movement from Weaviate's list; an undeleted one gets in the way of later ones.

    The step's movement id is cleared and the step is Pending again, its start kept: whether it is done, or has to be
    journalled and tried anew, shows from the placement.
    """

    type: Literal["DeleteMovement"] = "DeleteMovement"
    index: int
    weaviate_operation_id: str
    cancel: bool = False
    """Also while it goes on: Weaviate stops it, and removes what was copied."""


class RaiseFactor(Value):
    """Raise a collection's replication factor after every shard has the copies."""

    type: Literal["RaiseFactor"] = "RaiseFactor"
    index: int
    collection: str
    factor: int


class WarmNode(Value):
    """Send searches to a node that serves nobody yet, until it answers as fast as it will."""

    type: Literal["WarmNode"] = "WarmNode"
    index: int
    node: str
    ip: str
    beside: tuple["WarmNode", ...] = ()
    """Others that are warmed at the same time. Of those that are warm, one is noted at each look."""


class LowerFactor(Value):
    """Have a collection promise fewer copies than it has; the copies themselves stay for now."""

    type: Literal["LowerFactor"] = "LowerFactor"
    index: int
    collection: str
    factor: int


class DropCopy(Value):
    """Have one node drop its copy of one shard, of which others have at least `copies` afterwards."""

    type: Literal["DropCopy"] = "DropCopy"
    index: int
    collection: str
    shard: str
    node: str
    copies: int


class ActivateTenant(Value):
    """Have a tenant be HOT that is COLD, so that its copies are counted before one of them is dropped."""

    type: Literal["ActivateTenant"] = "ActivateTenant"
    index: int
    collection: str
    tenant: str


class RestoreTenant(Value):
    """Have a tenant be COLD again that was made HOT to copy or to count it."""

    type: Literal["RestoreTenant"] = "RestoreTenant"
    index: int
    collection: str
    tenant: str


class RemoveNode(Value):
    """Lower the StatefulSet's replicas to `nodes`, by the one node that holds nothing and serves nobody."""

    type: Literal["RemoveNode"] = "RemoveNode"
    index: int
    node: str
    nodes: int


class RemoveFromRaft(Value):
    """Have raft forget a node that is gone and that no shard names."""

    type: Literal["RemoveFromRaft"] = "RemoveFromRaft"
    index: int
    node: str


class PurgeVolume(Value):
    """Delete the volume claim of a node that was taken away, so that its old data is never mounted again."""

    type: Literal["PurgeVolume"] = "PurgeVolume"
    index: int
    node: str
    claim: str
    uid: str
    """Of the claim that was seen: one that was made since is left alone."""


class ExpandVolume(Value):
    """Ask for a larger volume in the claim that was seen. If the API server refuses, that is noted in the step."""

    type: Literal["ExpandVolume"] = "ExpandVolume"
    index: int
    claim: str
    size: str
    """As a quantity."""


class RecreateStatefulSet(Value):
    """Delete the StatefulSet and leave its pods and claims as they are. It is made anew, as every child is that is
    missing, with as many replicas as before."""

    type: Literal["RecreateStatefulSet"] = "RecreateStatefulSet"
    index: int
    nodes: int


class CompleteStep(Value):
    """Note that a step's result was read back, or (`late`) that it is no longer waited for."""

    type: Literal["CompleteStep"] = "CompleteStep"
    index: int
    actual: Cost = Cost()
    late: bool = False


class EndOperation(Value):
    """Move the operation to the history and give the lock back."""

    type: Literal["EndOperation"] = "EndOperation"
    succeeded: bool
    message: str
    reversed: bool = False
    """It did not succeed, and did not fail either: it was needed after all, and nothing was taken away."""


class RestartNode(Value):
    """Delete the pod of a node, so that it starts anew on the same volume: it is cut off from the cluster, or started
    before the last change of the spec."""

    type: Literal["RestartNode"] = "RestartNode"
    pod: str
    uid: str


Action = (
    BeginOperation
    | ExtendOperation
    | JournalStep
    | SetNodes
    | StartCopy
    | AdoptCopy
    | DeleteMovement
    | RaiseFactor
    | WarmNode
    | LowerFactor
    | DropCopy
    | ActivateTenant
    | RestoreTenant
    | RemoveNode
    | RemoveFromRaft
    | PurgeVolume
    | ExpandVolume
    | RecreateStatefulSet
    | CompleteStep
    | EndOperation
    | RestartNode
)


class Plan(Value):
    """One decision: at most one action, and every rule's verdict in order.

    `id` names the decision: the same tier at the same time gives the same id.
    `reason` and `message` are those of the verdict that settled it. `nodes` and `copies` are what the tier should
    have; `serving` is whom the gateway should send requests to, None meaning: leave it as it is.
    """

    id: str = ""
    action: Action | None = None
    reason: str
    message: str
    verdicts: tuple[Verdict, ...] = ()
    nodes: int
    copies: int
    serving: tuple[ServingEndpoint, ...] | None = None
    next_check_seconds: float = 15.0
    proposal: Operation | None = None
    """What would be begun, once somebody agrees."""
    proposal_hash: str = ""
    learned: Learned = Learned()
    """What is known after this decision; the next one is made with it."""
