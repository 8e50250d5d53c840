"""The size that the rules about growing judge and the last of them proposes: what is wanted, cut to what is allowed."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import copies
from vectortier.decide.facts.size import Proposal, next_size

MOST_COPIES = 500
"""Shards that one operation may copy. With the longest names a step takes 950 bytes of the journal, and a ConfigMap
(1 MiB) has to hold the operation and the one before it."""


def proposed(facts: Facts) -> Proposal:
    """As many of the wanted copies as the bounds and the journal allow; one more copy where they allow none, for the
    rules to say why not."""
    wanted, have = _wanted(facts), copies(facts.database)
    for count in range(wanted, have + 1, -1) if wanted is not None and have is not None else ():
        size = next_size(facts, count)
        if _is_allowed(facts, size):
            return size
    return next_size(facts)


def cut_from(facts: Facts, size: Proposal) -> int | None:
    """How many copies were wanted, when that is more than the proposal makes of the shards that it copies."""
    wanted = _wanted(facts)
    return wanted if wanted is not None and size.moves and wanted > size.copies else None


def _wanted(facts: Facts) -> int | None:
    return None if facts.wanted is None else facts.wanted.copies


def _is_allowed(facts: Facts, size: Proposal) -> bool:
    spec = facts.spec
    return size.nodes <= spec.nodes.max and size.copies <= spec.copies.max and len(size.moves) <= MOST_COPIES
