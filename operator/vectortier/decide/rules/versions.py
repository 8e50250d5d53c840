"""May data be moved with the versions of Weaviate that run?"""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts
from vectortier.decide.ruling import Ruling, hold, passes


def one_version(facts: Facts) -> Ruling | None:
    """Movements wait for every member's report, which an older member never sends."""
    found = {m.version for m in facts.database.members if m.version}
    if len(found) > 1:
        nodes = ", ".join(f"{m.name} {m.version}" for m in sorted(facts.database.members, key=lambda m: m.name))
        return hold(Reason.MIXED_VERSIONS, f"the nodes run different versions: {nodes}")
    return passes(f"every node runs {min(found)}") if found else None


def same_image(facts: Facts) -> Ruling | None:
    """A new node starts with what the StatefulSet says now, the others run what it said when they started."""
    wanted = facts.workload.image
    others = sorted(p.name for p in facts.workload.pods if p.image and p.image != wanted)
    if not wanted or not others:
        return None
    text = f"a new node would run {wanted}, and {others[0]} does not yet ({len(others)} in all)"
    return hold(Reason.MIXED_VERSIONS, f"{text}: they have to run the same first")
