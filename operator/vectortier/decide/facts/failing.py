"""A movement that fails again and again, and would for long.

Weaviate tries every ten seconds, fifty times, before it cancels one. Some failures do not end before that: a source of
1.39.3 refuses to begin anew for a target that was killed while it was copied to ("changelog: file exists").
"""

from itertools import takewhile

from vectortier.decide.facts.look import Facts
from vectortier.model.weaviate import Movement

ALIKE = 5
"""So many failures with the same words in a row do not end by themselves: fifty seconds of them."""
_RECENT_SECONDS = 30.0
"""After so long without another failure, whatever is tried may be succeeding."""


def keeps_failing(facts: Facts, movement: Movement) -> str | None:
    """The words of Weaviate with which it fails again and again though both of its nodes are up; None: it does not."""
    pods = [facts.pod(name) for name in (movement.source, movement.target)]
    up = [pod.started_at for pod in pods if pod is not None and pod.started_at is not None]
    errors = [e for e in movement.errors if e.at is not None and e.at >= max(up, default=facts.now)]
    if len(up) < len(pods) or not errors or facts.now - (errors[-1].at or 0.0) > _RECENT_SECONDS:
        return None
    words = errors[-1].message
    alike = sum(1 for _ in takewhile(lambda error: error.message == words, reversed(errors)))
    return words if alike >= ALIKE else None
