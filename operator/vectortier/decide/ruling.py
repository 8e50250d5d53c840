"""What a rule answers. None, instead of a ruling, means: not my business."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from vectortier.api.reasons import Reason
from vectortier.model.plan import Action, Outcome

IDLE_SECONDS = 15.0
"""How soon to look again when nothing is going on."""
BUSY_SECONDS = 2.0
"""How soon to look again while waiting inside an operation."""
SOON_SECONDS = 1.0
"""How soon to look again after an action whose result can be read back at once."""


@dataclass(frozen=True)
class Ruling:
    """Hold and Propose settle the decision; Pass lets the next rule speak."""

    outcome: Outcome
    reason: str
    message: str
    action: Action | None = None
    check_seconds: float = IDLE_SECONDS


def passes(message: str, reason: str = Reason.AS_EXPECTED) -> Ruling:
    """Nothing speaks against going on."""
    return Ruling(Outcome.PASS, str(reason), message)


def hold(reason: str, message: str, check_seconds: float = IDLE_SECONDS) -> Ruling:
    """Do nothing now."""
    return Ruling(Outcome.HOLD, str(reason), message, None, check_seconds)


def propose(action: Action, reason: str, message: str, check_seconds: float = SOON_SECONDS) -> Ruling:
    """Do this."""
    return Ruling(Outcome.PROPOSE, str(reason), message, action, check_seconds)


Given = TypeVar("Given")


def first_hold(rules: Iterable[Callable[[Given], Ruling | None]], given: Given) -> Ruling | None:
    """The first of the rules that holds, for rules that are also preconditions of a step."""
    for rule in rules:
        ruling = rule(given)
        if ruling is not None and ruling.outcome is Outcome.HOLD:
            return ruling
    return None
