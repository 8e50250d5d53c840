"""Versions of Weaviate: which is the oldest that runs, and which may move data."""

import re

from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database

FIRST_SAFE = (1, 39, 2)
"""Older ones lose writes while a shard moves, or let a finished movement hide the source of the next one."""


def oldest_version(spec: VectorTierSpec, database: Database | Unknown) -> str:
    """The oldest version that a node reports; the spec's while no node reports one."""
    reported = () if isinstance(database, Unknown) else tuple(m.version for m in database.members if m.version)
    return min(reported, key=parse_version, default=spec.weaviate.version)


def parse_version(text: str) -> tuple[int, ...]:
    """1.39.3 as numbers; what cannot be read counts as oldest, so that nothing is moved with it."""
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)([-+].*)?", text)
    return tuple(int(n) for n in numbers.groups()[:3]) if numbers else (0,)
