"""Serve: the gateway sends requests to the new copy."""

from vectortier.decide.facts.holders import held_by
from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At, complete, wait
from vectortier.model.journal import RESTARTS


def serve(at: At) -> Ruling:
    """The serving set takes the node in as soon as this is the current step; done when that is written down."""
    if any(e.pod == at.target for e in at.facts.journal.serving):
        return complete(at, f"{at.target} serves")
    if at.operation.kind in RESTARTS and not held_by(at.facts.database, at.target):
        return complete(at, f"{at.target} holds nothing, and so serves nobody")
    return wait(at, f"{at.target} is about to serve")
