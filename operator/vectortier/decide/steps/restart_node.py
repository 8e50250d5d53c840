"""RestartNode: the pod of a node is deleted, and its StatefulSet makes it anew, on the same volume."""

from vectortier.api.reasons import Reason
from vectortier.decide.rules.restart import stands_in_the_way
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, blocked, complete, fail, give_back, journal, wait
from vectortier.model.plan import RestartNode
from vectortier.model.workload import Pod

END_SECONDS = 900.0
"""How long a pod may take to end, and Kubernetes to make another one."""
HELD_SECONDS = 60.0
"""How long a node that could serve is kept from serving because of something else."""


def restart_node(at: At) -> Ruling:
    """Done when a pod of the spec as it is now is there, whoever ended the former one."""
    pod = at.facts.pod(at.target)
    gone = pod is None or pod.terminating
    if not gone and pod is not None and not pod.outdated:
        return complete(at, f"{at.target} was made from the spec as it is now")
    if at.journalled and at.seconds > END_SECONDS:
        return fail(at, Reason.NODE_DEAD, f"{at.target} was not made anew within {at.seconds:.0f} s")
    if pod is None or gone:
        return wait(at, f"{at.target} ends and is made anew")
    return _end(at, pod)


def _end(at: At, pod: Pod) -> Ruling:
    obstacle = stands_in_the_way(at.facts, at.target)
    if obstacle is not None and at.waiting_seconds > HELD_SECONDS:
        return give_back(at, obstacle.reason, f"{obstacle.message}, for {at.waiting_seconds:.0f} s")
    if obstacle is not None:
        return blocked(at, obstacle)
    if not at.journalled:
        return journal(at)
    serving = {e.pod for e in at.facts.journal.serving}
    if at.target in serving and len(serving) > 1:
        return wait(at, f"searches are still sent to {at.target}")
    action = RestartNode(pod=pod.name, uid=pod.uid)
    return propose(action, at.reason, f"{at.label()}: {at.target} starts anew")
