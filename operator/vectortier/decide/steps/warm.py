"""Warm: the new copy answers as fast as it will before clients meet it."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import is_running
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, complete, journal, wait
from vectortier.model.plan import WarmNode

WARM_SECONDS = 600.0
"""After that the copy serves as it is: it is paid for, and cold capacity is better than none."""


def warm(at: At) -> Ruling:
    """Whoever warms the node notes that it is done. It is tried again until then, for a bounded time."""
    pod = at.facts.pod(at.target)
    if at.journalled and at.seconds > WARM_SECONDS:
        return complete(
            at, f"{at.target} could not be warmed within {WARM_SECONDS:.0f} s; it serves as it is", late=True
        )
    if pod is None or pod.ip is None or not is_running(pod):
        return wait(at, f"{at.target} does not run", Reason.NODE_NOT_READY)
    if not at.journalled:
        return journal(at)
    action = WarmNode(index=at.index, node=at.target, ip=pod.ip)
    return propose(action, at.reason, f"{at.label()}: warm {at.target}")
