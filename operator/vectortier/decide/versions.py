"""May data be moved with the versions of Weaviate that run?"""

import re

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.look import Facts
from vectortier.decide.ruling import Ruling, hold, passes
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database

FIRST_SAFE = (1, 39, 2)
"""Older ones lose writes while a shard moves, or let a finished movement hide the source of the next one."""


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
    return hold(Reason.MIXED_VERSIONS, f"{text}: delete these pods, one at a time, each when the last is ready")


def oldest_version(spec: VectorTierSpec, database: Database | Unknown) -> str:
    """The oldest version that a node reports; the spec's while no node reports one."""
    reported = () if isinstance(database, Unknown) else tuple(m.version for m in database.members if m.version)
    return min(reported, key=parse_version, default=spec.weaviate.version)


def parse_version(text: str) -> tuple[int, ...]:
    """1.39.3 as numbers; what cannot be read counts as oldest, so that nothing is moved with it."""
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)([-+].*)?", text)
    return tuple(int(n) for n in numbers.groups()[:3]) if numbers else (0,)
