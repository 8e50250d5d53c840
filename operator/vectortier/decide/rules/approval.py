"""Has somebody agreed to what would be begun?"""

import json
from hashlib import sha256

from vectortier.api.reasons import Reason
from vectortier.api.rebalance import Approval
from vectortier.decide.facts.look import Look
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.journal import RESTARTS, Operation
from vectortier.model.plan import Action, BeginOperation
from vectortier.model.value import Unknown

APPROVE_ANNOTATION = "vectortier.dev/approve"


def approved(look: Look, action: Action) -> Ruling | None:
    """With `rebalance.approval: Manual`, hold until the annotation has the hash of the very proposal."""
    if look.spec.rebalance.approval is Approval.AUTO or not isinstance(action, BeginOperation):
        return None
    name = proposal_hash(look, action.operation)
    if look.observed.tier.annotations.get(APPROVE_ANNOTATION) == name:
        return None
    return hold(Reason.AWAITING_APPROVAL, f"proposal {name} waits for the annotation {APPROVE_ANNOTATION}={name}")


def proposal_hash(look: Look, operation: Operation) -> str:
    """Ten hexadecimal digits that stay the same while the same is proposed, and never come again once an operation has
    ended. Times, sources and predictions, which change with every look, are no part of it."""
    journal = look.observed.journal
    history = () if isinstance(journal, Unknown) else journal.history
    after = history[-1].id if history else ""
    steps = [(s.name, s.collection, s.shard, s.target, s.nodes, s.factor) for s in operation.steps]
    # What a node is restarted with is in no step: the generation of the spec stands for it.
    spec = [operation.generation] if operation.kind in RESTARTS else []
    sizes = [s.size for s in operation.steps if s.size is not None]
    what = [operation.kind, operation.nodes, operation.copies, steps, *spec, *sizes]
    text = json.dumps([look.observed.tier.uid, after, *what])
    return sha256(text.encode()).hexdigest()[:10]
