"""Did the last scale-out help? More of what did not help is not bought."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.movement import last_ended
from vectortier.decide.facts.shortfall import shortfall
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.journal import OperationKind

REMEMBERED_SECONDS = 3600.0
"""A scale-out explains nothing about what is late an hour later."""


def last_one_helped(facts: Facts) -> Ruling | None:
    """Hold when searches are late after a scale-out, and there should be copies enough by what is measured."""
    ended = last_ended(facts.journal, OperationKind.SCALE_OUT)
    if ended is None or facts.now - ended > REMEMBERED_SECONDS or shortfall(facts) is not None:
        return None
    verdict, size = facts.verdict, facts.sizing
    if not verdict.missed_now or size is None or facts.wanted is not None:
        return passes(f"the last scale-out ended {facts.now - ended:.0f} s ago")
    text = f"{verdict.message}, {facts.now - ended:.0f} s after a scale-out"
    need = max(size.now, size.ahead)
    return hold(Reason.SCALE_OUT_DID_NOT_HELP, f"{text}; {need:.2f} copies are needed and {size.serving} serve")
