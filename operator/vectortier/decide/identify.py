"""Names for operations and decisions that the same inputs always give."""

from hashlib import sha256


def operation_id(tier_uid: str, kind: str, now: float) -> str:
    """For example scaleout-3f2a9c1b04."""
    return f"{kind.lower()}-{_digest(tier_uid, kind, now)}"


def decision_id(tier_uid: str, now: float) -> str:
    """For example decision-3f2a9c1b04."""
    return f"decision-{_digest(tier_uid, 'decision', now)}"


def _digest(uid: str, what: str, now: float) -> str:
    return sha256(f"{uid}|{what}|{now:.3f}".encode()).hexdigest()[:10]
