"""PurgeVolume: the volume of a node that was taken away goes, before a node of that name is ever started again."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import node_name
from vectortier.decide.facts.volumes import volume_of, why_needed
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, complete, fail, journal
from vectortier.model.plan import PurgeVolume

PURGE_SECONDS = 900.0
"""How long Kubernetes may take to let go of a volume claim."""


def purge_volume(at: At) -> Ruling:
    """Done when there is no claim of that name."""
    volume = volume_of(at.facts, at.target)
    if volume is None:
        return complete(at, f"{at.target} has no volume")
    if at.journalled and at.seconds > PURGE_SECONDS:
        return fail(at, Reason.VOLUME_KEPT, f"the claim {volume.name} is still there after {at.seconds:.0f} s")
    wanted = {node_name(at.facts.tier.name, ordinal) for ordinal in range(at.facts.workload.desired_nodes)}
    needed = f"{at.target} is to be there" if at.target in wanted else why_needed(at.facts, at.target)
    if needed is not None:
        return fail(at, Reason.VOLUME_KEPT, f"the claim {volume.name} stays, because {needed}")
    if not at.journalled:
        return journal(at)
    action = PurgeVolume(index=at.index, node=at.target, claim=volume.name, uid=volume.uid)
    return propose(action, at.reason, f"{at.label()}: delete the volume claim {volume.name} of a node that is gone")
