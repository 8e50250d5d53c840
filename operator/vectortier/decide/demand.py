"""Does Git ask for more than there is? That needs no evidence of a missed SLO."""

from vectortier.decide.look import Facts
from vectortier.decide.placement import copies


def missing_nodes(facts: Facts) -> int:
    """How many nodes are missing to nodes.min."""
    return max(0, facts.spec.nodes.min - facts.workload.desired_nodes)


def missing_copies(facts: Facts) -> int:
    """How many copies the least copied shard lacks to copies.min; 0 when there is no shard."""
    have = copies(facts.database)
    return max(0, facts.spec.copies.min - have) if have is not None else 0


def shortfall(facts: Facts) -> str | None:
    """What the spec's minimums ask for beyond what is there; None when they are met."""
    if missing_nodes(facts):
        return f"the tier has {facts.workload.desired_nodes} of at least {facts.spec.nodes.min} nodes (nodes.min)"
    if missing_copies(facts):
        return f"a shard has {copies(facts.database)} of at least {facts.spec.copies.min} copies (copies.min)"
    return None
