"""How busy the nodes are that answer searches."""

from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.placement import by_node
from vectortier.model.load import Load

SATURATED = 0.97
"""From here on a node may be asked for more than it answers."""


def serving_utilisation(facts: Facts, load: Load) -> float | None:
    """The mean of the serving nodes' processors, 0..1; None unless more than half of them are known."""
    used = by_node(load.cpu)
    serving = [e.pod for e in facts.journal.serving]
    known = [used[pod] for pod in serving if pod in used]
    return sum(known) / len(known) if 2 * len(known) > len(serving) else None


def saturated_share(facts: Facts, load: Load) -> float | None:
    """The share of the serving nodes that are busy all the time, 0..1; None unless more than half of them are known.

    A mean would hide it: a node that has just begun to serve was idle in what the metrics cover.
    """
    used = by_node(load.cpu)
    serving = [e.pod for e in facts.journal.serving]
    known = [used[pod] >= SATURATED for pod in serving if pod in used]
    return sum(known) / len(known) if 2 * len(known) > len(serving) else None
