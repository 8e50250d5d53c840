"""What the report is made from, with the questions that several conditions ask."""

from dataclasses import dataclass, replace

from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.judgement import Judgement, judge
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.facts.sizing import sizing
from vectortier.decide.facts.windows import read_windows
from vectortier.model.journal import Journal, Operation, ServingEndpoint
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import EndOperation, Plan
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.model.workload import Workload

# The step is under way, and will be looked at again: nothing to tell anybody about.
WAITING = {Reason.EPOCH_RAISED, Reason.SCALING_OUT}


@dataclass(frozen=True)
class State:
    """One look and what came of it, beside what was last reported."""

    spec: VectorTierSpec
    observed: Observation
    plan: Plan
    outcome: ActionOutcome
    previous: VectorTierStatus
    now: float

    @property
    def workload(self) -> Workload | None:
        """The workload, None when not known."""
        return None if isinstance(self.observed.workload, Unknown) else self.observed.workload

    @property
    def database(self) -> Database | None:
        """The database, None when not known."""
        return None if isinstance(self.observed.database, Unknown) else self.observed.database

    @property
    def journal(self) -> Journal | None:
        """The journal, None when not known."""
        return None if isinstance(self.observed.journal, Unknown) else self.observed.journal

    @property
    def facts(self) -> Facts | None:
        """What the decision was made from, with what was known after it; None while any part is not known."""
        seen = facts_of(Look(self.spec, self.observed, self.now))
        if seen is None:
            return None
        learned = replace(seen, learned=self.plan.learned)
        return replace(learned, sizing=sizing(learned))

    @property
    def operation(self) -> Operation | None:
        """The operation that is under way, and does not end with this plan."""
        ends = isinstance(self.plan.action, EndOperation) and self.outcome.done
        return self.journal.operation if self.journal is not None and not ends else None

    @property
    def serving(self) -> tuple[ServingEndpoint, ...]:
        """Whom the gateway sends requests to from now on."""
        if self.plan.serving is not None:
            return self.plan.serving
        return self.journal.serving if self.journal is not None else ()

    @property
    def verdict(self) -> Judgement:
        """Whether the promise is kept."""
        return judge(self.spec, read_windows(self.observed.load))

    @property
    def refusal(self) -> ActionOutcome | None:
        """What was refused, when something was."""
        return None if self.outcome.done or self.outcome.reason in WAITING else self.outcome
