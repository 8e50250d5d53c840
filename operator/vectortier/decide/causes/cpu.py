"""What a node's processor time goes into, and how much of it a copy can use before searches wait."""

import math

from vectortier.decide.estimate.queueing import waiting_share

SEARCH_COST = 2.80
WRITE_COST = 7.5
"""Milliseconds of one core, until a tier's own are known; only their ratio counts. Searches: Weaviate's benchmark.
Writes are estimated from it: an insert searches the graph first, with efConstruction 256 instead of ef 96."""

MOST_BEARABLE = 0.75
"""Vespa Cloud's ideal load of queries as well: even with many cores, waits grow steeply above it."""
LEAST_BEARABLE = 0.5
"""Below this, most searches find a free core however few cores there are: of a single one, this is the chance."""
_PEAK = 1.25
"""How far a load rises above the mean of the minutes that processor time is measured over."""
_STEP = 0.05


def split(
    used: float, searches_per_second: float, writes_per_second: float, search_cost: float, write_cost: float
) -> tuple[float, float]:
    """The parts of a node's utilisation (0..1) that its searches and its writes take, by their number and cost. Without
    either all of it counts as searches."""
    searches, writes = searches_per_second * search_cost, writes_per_second * write_cost
    if searches + writes <= 0:
        return used, 0.0
    return used * searches / (searches + writes), used * writes / (searches + writes)


def bearable(cores: float, core_seconds: float, slo_seconds: float, budget: float) -> float:
    """The mean utilisation (0..1) up to which waiting alone makes at most the share `budget` of searches late, if one
    takes `core_seconds` of a core and may take `slo_seconds`.

    A queue with as many servers as cores: Erlang's C gives the share that waits, and who waits, waits for an
    exponentially distributed time with the rate 2 c (1 - utilisation) / service time (Allen and Cunneen, for service
    times that vary little).
    """
    servers = max(1, round(cores))
    service = core_seconds / min(1.0, cores)
    if service <= 0:
        return MOST_BEARABLE
    slack = max(0.0, slo_seconds - service) / service
    for step in range(19, 0, -1):
        load = step * _STEP
        if waiting_share(servers, load) * math.exp(-2 * servers * (1 - load) * slack) <= budget:
            return min(MOST_BEARABLE, max(LEAST_BEARABLE, load / _PEAK))
    return LEAST_BEARABLE


def beside(limit: float) -> float:
    """The utilisation that is too much even where something else makes searches slow already: then peaks above the
    mean, which `bearable` allows for, are no reason to see a second cause."""
    return min(MOST_BEARABLE, limit * _PEAK)
