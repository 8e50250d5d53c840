"""What waits for somebody's approval, as the status shows it."""

from vectortier.api.status import PredictedStatus, ProposalStatus
from vectortier.model.journal import StepName
from vectortier.report.decisions import predicted_status
from vectortier.report.record import predicted_cost
from vectortier.report.state import State


def build_proposal(state: State) -> ProposalStatus | None:
    """None: nothing waits for approval."""
    proposal = state.plan.proposal
    if proposal is None:
        return None
    return ProposalStatus(
        hash=state.plan.proposal_hash,
        kind=proposal.kind,
        message=state.plan.message,
        nodes=proposal.nodes,
        copies=proposal.copies,
        steps=len(proposal.steps),
        shards=sum(s.name in (StepName.COPY, StepName.DROP_COPY) for s in proposal.steps),
        predicted=predicted_status(predicted_cost(proposal.steps)) or PredictedStatus(),
    )
