"""What policies have in common that set a number of copies at every interval."""

from vectortier.simulate.copies import Tier
from vectortier.simulate.engine import Decision, Look


def resize(tier: Tier, copies: int, now: float, reason: str, message: str) -> Look:
    """Have so many copies; a decision only if that is a change."""
    before = len(tier.nodes)
    if copies == before:
        return Look()
    tier.resize(copies, now)
    action = "ScaleOut" if copies > before else "ScaleIn"
    return Look(Decision(now, action, reason, message, copies, copies))
