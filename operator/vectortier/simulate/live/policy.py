"""The operator as a policy of a simulation: what a `Tier` and a `Sensor` show is what it observes."""

from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.journal import OperationKind
from vectortier.model.plan import BeginOperation, EndOperation, ExtendOperation, Plan
from vectortier.played.operator import Operator
from vectortier.played.world import World
from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Decision, Look
from vectortier.simulate.live.load import LoadReader
from vectortier.simulate.live.tier import START, SimulatedTier
from vectortier.simulate.sensor import Sensor


class Vectortier:
    """The operator of one tier. It looks as often as its plans say, at once after it has done something."""

    def __init__(self, spec: VectorTierSpec) -> None:
        self._spec = spec
        self._load = LoadReader(spec)
        self._operator: Operator | None = None

    def look(self, tier: Tier, sensor: Sensor, now: float) -> Look:
        """One pass of the loop."""
        if self._operator is None:
            around = World.around(self._spec, SimulatedTier(tier), START, tier.model.shards, len(tier.nodes))
            self._operator = Operator(around)
        looked = self._operator.look(self._load.read(tier, sensor, now), now)
        again_after = 0.0 if looked.done else looked.plan.next_check_seconds
        return Look(_decision(looked.plan, looked.kind, now), again_after)


def _decision(plan: Plan, kind: OperationKind | None, now: float) -> Decision | None:
    """The begin of an operation, and an end without success."""
    action = plan.action
    if isinstance(action, BeginOperation | ExtendOperation):
        return Decision(now, action.operation.kind, plan.reason, plan.message, plan.nodes, plan.copies)
    if isinstance(action, EndOperation) and not action.succeeded:
        return Decision(now, f"{kind}Failed", plan.reason, plan.message, plan.nodes, plan.copies)
    return None
