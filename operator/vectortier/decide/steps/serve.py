"""Serve: the gateway sends requests to the new copy."""

from vectortier.decide.ruling import Ruling
from vectortier.decide.steps.at import At, complete, wait


def serve(at: At) -> Ruling:
    """The serving set takes the node in as soon as this is the current step; done when that is written down."""
    if any(e.pod == at.target for e in at.facts.journal.serving):
        return complete(at, f"{at.target} serves")
    return wait(at, f"{at.target} is about to serve")
