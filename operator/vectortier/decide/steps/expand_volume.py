"""ExpandVolume: the claim of a node asks for a larger volume. What the storage driver then does goes on by itself."""

from vectortier.api.quantity import parse_quantity
from vectortier.api.reasons import Reason
from vectortier.decide.facts.volumes import volume_of
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, complete, fail, journal
from vectortier.model.plan import ExpandVolume

EXPAND_SECONDS = 300.0
"""How long the API server may give no answer to it: the tier cannot grow meanwhile."""


def expand_volume(at: At) -> Ruling:
    """Done when the claim asks for that much or more, whoever made it do so."""
    volume, size = volume_of(at.facts, at.target), at.step.size or at.facts.spec.weaviate.storage.size
    if volume is None or volume.requested_bytes is None:
        return fail(at, Reason.OPERATION_FAILED, f"what {at.target} has for a volume is not known any more")
    if volume.requested_bytes >= parse_quantity(size):
        return complete(at, f"the claim {volume.name} asks for {size} or more")
    if at.step.refusal is not None:
        return fail(at, Reason.VOLUME_NOT_EXPANDABLE, f"{volume.name} cannot have {size}: {at.step.refusal}")
    if at.journalled and at.seconds > EXPAND_SECONDS:
        return fail(at, Reason.OPERATION_FAILED, f"{volume.name} was not asked for anew within {at.seconds:.0f} s")
    if not at.journalled:
        return journal(at)
    action = ExpandVolume(index=at.index, claim=volume.name, size=size)
    return propose(action, at.reason, f"{at.label()}: {volume.name} is to have {size}")
