"""RestoreTenant: a tenant that was made HOT to copy or to count it is COLD again.

What somebody else has made of the tenant meanwhile stays: who wants it HOT finds it COLD and activates it once more.
"""

from vectortier.decide.facts.placement import find_shard
from vectortier.decide.facts.tenants import HOT, was_cold
from vectortier.decide.ruling import Ruling, propose
from vectortier.decide.steps.at import At, complete, journal, wait
from vectortier.model.plan import RestoreTenant

RESTORE_SECONDS = 900.0
"""How long Weaviate may refuse. A tenant that stays HOT costs memory, not data."""


def restore_tenant(at: At) -> Ruling:
    """Done when the tenant is not HOT any more, whoever made it so."""
    shard = find_shard(at.facts.database, at.step.collection, at.step.shard)
    name = f"{at.step.collection}/{at.step.shard}"
    if shard is None:
        return complete(at, f"{name} does not exist any more")
    if not was_cold(at.operation, at.step) or shard.tenant_status != HOT:
        return complete(at, f"{name} is {shard.tenant_status}")
    if at.journalled and at.seconds > RESTORE_SECONDS:
        return complete(at, f"{name} is HOT still: Weaviate has not taken it for {at.seconds:.0f} s", late=True)
    moving = [m for m in at.facts.database.movements if (m.collection, m.shard) == (at.step.collection, at.step.shard)]
    if moving:
        return wait(at, f"{name} cannot be changed before movement {moving[0].id} is off Weaviate's list")
    if not at.journalled:
        return journal(at)
    action = RestoreTenant(index=at.index, collection=at.step.collection or "", tenant=at.step.shard or "")
    return propose(action, at.reason, f"{at.label()}: {name} was COLD before, and is again")
