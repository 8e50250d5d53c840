"""Copies give way to searches: the next one waits while they hurt more than predicted, and an operation that nobody
waits for ends when even the one that is being made does so for long.

What the tier needs is never held up: searches that are late because there is too little of it stay late until there is
more. Each wait has an end, after which the copy is made alone, and all waits of an operation together have one.
"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.duration import seconds_without_copies
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.overload import overload
from vectortier.decide.facts.shortfall import missing_copies, missing_nodes, shortfall
from vectortier.decide.facts.strain import LONGEST_WAIT_SECONDS, is_begun, strain
from vectortier.decide.rules.maintenance import PATIENT
from vectortier.decide.ruling import IDLE_SECONDS, Ruling
from vectortier.decide.steps.at import At, wait
from vectortier.model.journal import Operation, Step, StepState
from vectortier.model.load import BUDGET
from vectortier.model.value import Unknown

LONGEST_IN_ALL_SECONDS = 1800.0
"""How long the copies of one operation wait together."""
RECOVERED = BUDGET / 2
"""Who waits goes on once at most this share of searches is late: less than what made it wait."""
FAR = 5 * BUDGET
"""So large a share of late searches is far more than predicted."""
LONG_SECONDS = 120.0
"""How long a copy is made before it is judged: its beginning reads most."""


def gives_way(at: At) -> Ruling | None:
    """Hold a copy that has not begun while those before it hurt more than predicted. None: it need not wait."""
    waited = at.waiting_seconds
    found = strain(at.facts, at.operation, RECOVERED if waited > IDLE_SECONDS else BUDGET)
    if found is None or is_awaited(at.facts, at.operation):
        return None
    most = max(0.0, min(LONGEST_WAIT_SECONDS, LONGEST_IN_ALL_SECONDS - seconds_without_copies(at.operation)))
    others = any(is_begun(s) and s.state is not StepState.DONE for s in at.operation.steps)
    if waited >= most and not others:
        return None
    text = f"the next copy waits for searches, for {waited:.0f} s of at most {most:.0f} s: {found.message}"
    return wait(at, text if waited < most else f"{text}; it is made when no other one is", Reason.WAITING_FOR_SEARCHES)


def hurts_too_much(facts: Facts, operation: Operation) -> str | None:
    """Why an operation that nobody waits for is better ended; None: it goes on.

    Not where it would leave the shards of a collection with different numbers of copies: those are evened by copying.
    """
    making = [s for s in operation.steps if is_begun(s) and s.state is not StepState.DONE]
    longest = max((facts.now - (s.started_at or facts.now) for s in making), default=0.0)
    if longest < LONG_SECONDS or is_awaited(facts, operation) or shortfall(facts) is not None:
        return None
    # One that was told to end is not begun again because searches are a little better for it.
    found = strain(facts, operation, FAR if any(_goes_on(facts, s) for s in making) else RECOVERED)
    if found is None or not _has_lasted(facts):
        return None
    return f"{found.message}, {longest:.0f} s after the copy was begun"


def is_awaited(facts: Facts, operation: Operation) -> bool:
    """Whether the tier needs what is copied, now or when it could serve. What is not known counts as needed."""
    if operation.kind in PATIENT:
        return False
    size = facts.sizing
    if size is None or max(size.now, size.ahead) > size.serving or overload(facts) is not None:
        return True
    return missing_copies(facts) > 0 or missing_nodes(facts) > 0


def _goes_on(facts: Facts, step: Step) -> bool:
    return any(m.id == step.weaviate_operation_id and not m.deleting for m in facts.database.movements)


def _has_lasted(facts: Facts) -> bool:
    """Whether the short window has been over the budget for as long as a scale-out would take for a reason."""
    if isinstance(facts.load, Unknown) or isinstance(facts.load.missed_seconds, Unknown):
        return False
    return facts.load.missed_seconds >= facts.spec.damping.scale_out.stabilization_window_seconds
