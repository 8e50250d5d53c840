"""How busy the serving nodes are, and with what."""

from dataclasses import dataclass
from statistics import fmean

from vectortier.api.quantity import parse_quantity
from vectortier.decide.causes.cpu import MOST_BEARABLE, SEARCH_COST, WRITE_COST, bearable, split
from vectortier.decide.facts.look import Facts, is_running
from vectortier.decide.facts.placement import by_node
from vectortier.model.load import BUDGET, Load
from vectortier.model.value import Unknown


@dataclass(frozen=True)
class Costs:
    """For a search and for a write, in any unit: only their ratio counts."""

    search: float
    write: float


PRIOR = Costs(SEARCH_COST, WRITE_COST)
"""Used as long as nothing has been learned of the tier."""


@dataclass(frozen=True)
class Use:
    """Shares of a node's limit (0..1): its whole use, and what searches and writes take of it. `work` is what it should
    have to do, in units that only compare nodes."""

    node: str
    used: float
    searches: float
    writes: float
    work: float


def uses(facts: Facts, load: Load, costs: Costs) -> tuple[Use, ...]:
    """The serving nodes, as far as their use is known."""
    names = serving_names(facts)
    cpu = by_node(load.cpu)
    return tuple(_use(facts, load, costs, name, names, cpu[name]) for name in names if name in cpu)


def serving_names(facts: Facts) -> tuple[str, ...]:
    """The nodes that the gateway sends searches to; all that run while nobody has been chosen."""
    running = {p.name for p in facts.workload.pods if is_running(p)}
    serving = {e.pod for e in facts.journal.serving} & running
    return tuple(sorted(serving or running))


def what_a_copy_bears(facts: Facts, found: tuple[Use, ...], load: Load) -> float:
    """The utilisation that is still well, by the cores, the promise and what a search has cost lately."""
    limit, searches = facts.spec.weaviate.resources.limits.cpu, load.queries_per_second
    if limit is None or isinstance(searches, Unknown) or searches <= 0 or not found:
        return MOST_BEARABLE
    cores = float(parse_quantity(limit))
    core_seconds = sum(u.searches for u in found) * cores / searches
    return bearable(cores, core_seconds, facts.spec.slo.search.p99_milliseconds / 1000, BUDGET)


def mean_used(found: tuple[Use, ...]) -> float:
    """The mean utilisation; 0 without nodes."""
    return fmean(u.used for u in found) if found else 0.0


def rates(load: Load) -> str:
    """The rates of writes and searches in words, as far as they are known."""
    both = ((load.writes_per_second, "writes"), (load.queries_per_second, "searches"))
    return f"{' and '.join(f'{rate:.0f} {what}' for rate, what in both if not isinstance(rate, Unknown))} per second"


def _use(facts: Facts, load: Load, costs: Costs, name: str, names: tuple[str, ...], used: float) -> Use:
    searches, writes = _searches(facts, load, name, names), _writes(facts, load, name)
    parts = split(used, searches, writes, costs.search, costs.write)
    return Use(name, used, *parts, searches * costs.search + writes * costs.write)


def _searches(facts: Facts, load: Load, name: str, names: tuple[str, ...]) -> float:
    """Searches per second that the node should answer: by where the collections are, if they are told apart, and
    otherwise as many as its peers."""
    total = load.queries_per_second
    if isinstance(total, Unknown):
        return 0.0
    rates = {} if isinstance(load.collections, Unknown) else {c.name: c.searches_per_second for c in load.collections}
    known = [c for c in facts.database.collections if c.shards and c.name in rates]
    rated = sum(rates[c.name] for c in known)
    if rated <= 0:
        return total / len(names)
    shares = 0.0
    for collection in known:
        holders = [[n for n in shard.replicas if n in names] or names for shard in collection.shards]
        part = sum(1.0 / len(held) for held in holders if name in held) / len(holders)
        shares += rates[collection.name] / rated * part
    return total * shares


def _writes(facts: Facts, load: Load, name: str) -> float:
    """Writes per second that reach the node: all those to the shards that it holds, taken as written to alike."""
    shards = [s for c in facts.database.collections for s in c.shards]
    if isinstance(load.writes_per_second, Unknown) or not shards:
        return 0.0
    return load.writes_per_second * sum(name in s.replicas for s in shards) / len(shards)
