"""Cases of slow tiers, drawn at random: what was done to each is known, and so is whether nodes would cure it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.decide.causes.tier import Tier, changed, even
from vectortier.api.reasons import Reason

LEAST_BAD = 0.015
"""A drawn tier that hardly misses its promise is drawn again."""


@dataclass(frozen=True)
class Case:
    """`curable`: copies would cure at least a part that is left when the other causes are gone."""

    tier: Tier
    kinds: frozenset[Reason]
    curable: bool


Draw = Callable[[random.Random], Tier]


def saturated(chance: random.Random, least: int = 1) -> Tier:
    return even(chance, chance.randint(least, 6), chance.uniform(0.85, 1.3), chance.uniform(0, 0.1))


def calm(chance: random.Random, least: int = 1) -> Tier:
    return even(chance, chance.randint(least, 6), chance.uniform(0.1, 0.4), chance.uniform(0, 0.1))


def stormy(chance: random.Random, least: int = 1) -> Tier:
    return even(chance, chance.randint(least, 6), chance.uniform(0.08, 0.2), chance.uniform(0.75, 1.1))


def both(chance: random.Random) -> Tier:
    return even(chance, chance.randint(1, 6), chance.uniform(0.85, 1.1), chance.uniform(0.45, 0.6))


def moving(tier: Tier, chance: random.Random) -> Tier:
    """A copy that takes processors and disks of its source and of its target; a backup where there is one node."""
    if len(tier.nodes) == 1:
        tier.backup = True
        changed(tier, 0, other=chance.uniform(0.1, 0.5), late=chance.uniform(0.03, 0.4))
        return tier
    tier.moving = (0, 1)
    for i, taken in ((0, chance.uniform(0.15, 0.35)), (1, chance.uniform(0.1, 0.3))):
        changed(tier, i, other=tier.nodes[i].other + taken, late=chance.uniform(0.05, 0.4))
    return tier


def cold(tier: Tier, chance: random.Random) -> Tier:
    """A node that was started a short time ago: it reads from disk what the others have in memory."""
    changed(tier, len(tier.nodes) - 1, up_seconds=chance.uniform(30, 240), late=chance.uniform(0.3, 0.9))
    changed(tier, len(tier.nodes) - 1, slower=chance.uniform(1.0, 2.0), restarts=1)
    return tier


def slow_node(tier: Tier, chance: random.Random) -> Tier:
    """A node that takes far more for the same work: a noisy neighbour, or throttling."""
    changed(tier, chance.randrange(len(tier.nodes)), slower=chance.uniform(2.0, 4.0), late=chance.uniform(0.05, 0.6))
    return tier


def dead_node(tier: Tier, chance: random.Random) -> Tier:
    """A node that is sent searches and answers hardly any: they hang. The others do its work."""
    count, ill = len(tier.nodes), chance.randrange(len(tier.nodes))
    for i, node in enumerate(tier.nodes):
        changed(tier, i, searches=node.searches * (0.02 if i == ill else count / (count - 1)))
    changed(tier, ill, late=0.95, weight=20.0)
    return tier


def crashing_node(tier: Tier, chance: random.Random) -> Tier:
    """A node that does not stay up."""
    ill = chance.randrange(len(tier.nodes))
    changed(tier, ill, restarts=chance.randint(3, 20), up_seconds=chance.uniform(320, 1500), late=0.3)
    return tier


def unhealthy_node(tier: Tier, chance: random.Random) -> Tier:
    """A node that its peers lose sight of, although it has time."""
    changed(tier, chance.randrange(len(tier.nodes)), status="UNHEALTHY", late=chance.uniform(0.2, 0.9))
    return tier


def sick(chance: random.Random) -> Tier:
    done = chance.choice([slow_node, dead_node, crashing_node, unhealthy_node])
    return done(calm(chance, 2), chance)


def sick_and_saturated(chance: random.Random) -> Tier:
    if chance.random() < 0.5:
        return crashing_node(saturated(chance, 3), chance)
    return dead_node(even(chance, chance.randint(5, 8), chance.uniform(0.9, 1.1)), chance)


def hot(chance: random.Random, *, grows: bool) -> Tier:
    """A collection on fewer nodes than there are. It has the fewest copies where the next one is to be of it."""
    count = chance.randint(4, 6)
    few = chance.randint(1, count // 2)
    share = chance.uniform(0.7, 0.95)
    tier = even(chance, count, chance.uniform(0.1, 0.3))
    for i in range(few):
        changed(tier, i, searches=chance.uniform(0.92, 1.1))
    tier.placed = {"Hot": tuple(range(few)), "Wide": tuple(range(count))}
    rest = {"Wide": 1 - share}
    if not grows:
        # Something else has a copy less, or as many as there can be are there: it gets the next one instead.
        tier.placed = {"Hot": tuple(range(max(2, few))), "Wide": tuple(range(count)), "Small": (count - 1,)}
        changed(tier, 1, searches=chance.uniform(0.92, 1.1))
        rest = {"Wide": (1 - share) * 0.9, "Small": (1 - share) * 0.1}
    tier.rates = {"Hot": share, **rest} if chance.random() < 0.7 else {}
    return tier


def hot_tenants(chance: random.Random) -> Tier:
    """A multi-tenant collection that takes nearly all, evenly or at one tenant's node."""
    count, share = chance.randint(2, 6), chance.uniform(0.75, 0.95)
    tier = even(chance, count, chance.uniform(0.9, 1.1))
    if chance.random() < 0.5:
        for i in range(1, count):
            changed(tier, i, searches=chance.uniform(0.1, 0.3))
    tier.placed = {"Rooms": tuple(range(count)), "Wide": tuple(range(count))}
    tier.tenants = ("Rooms",)
    tier.rates = {"Rooms": share, "Wide": 1 - share}
    return tier


def elsewhere(chance: random.Random) -> Tier:
    """Slow for reasons outside of the load: network, disks, collections of garbage, a promise too short."""
    tier, late = calm(chance), chance.uniform(0.03, 0.5)
    for i in range(len(tier.nodes)):
        changed(tier, i, late=late)
    return tier


def sick_beside_moving(chance: random.Random) -> Tier:
    tier = even(chance, chance.randint(5, 7), chance.uniform(0.15, 0.35))
    ill = len(tier.nodes) - 1
    changed(tier, ill, slower=chance.uniform(2.2, 4.0), late=chance.uniform(0.05, 0.6))
    tier.moving = (0, 1)
    for i in tier.moving:
        changed(tier, i, other=chance.uniform(0.1, 0.3), late=chance.uniform(0.05, 0.4))
    return tier


def sick_beside_cold(chance: random.Random) -> Tier:
    tier = cold(even(chance, chance.randint(3, 7), chance.uniform(0.15, 0.35)), chance)
    changed(tier, 0, slower=chance.uniform(2.2, 4.0), late=chance.uniform(0.05, 0.6))
    return tier


KINDS: tuple[tuple[frozenset[Reason], bool, Draw], ...] = (
    (frozenset(), False, calm),
    (frozenset({Reason.SATURATION}), True, saturated),
    (frozenset({Reason.SATURATION}), True, saturated),
    (frozenset({Reason.WRITE_STORM}), False, stormy),
    (frozenset({Reason.MOVEMENT_IN_FLIGHT}), False, lambda c: moving(calm(c), c)),
    (frozenset({Reason.COLD_COPY}), False, lambda c: cold(calm(c), c)),
    (frozenset({Reason.SICK_NODE}), False, sick),
    (frozenset({Reason.SICK_NODE}), False, sick),
    (frozenset({Reason.HOT_COLLECTION}), False, lambda c: hot(c, grows=False)),
    (frozenset({Reason.HOT_COLLECTION}), True, lambda c: hot(c, grows=True)),
    (frozenset({Reason.HOT_COLLECTION}), False, hot_tenants),
    (frozenset({Reason.CAUSE_UNKNOWN}), False, elsewhere),
    (frozenset({Reason.SATURATION, Reason.WRITE_STORM}), True, both),
    (frozenset({Reason.SATURATION, Reason.SICK_NODE}), True, sick_and_saturated),
    (frozenset({Reason.SATURATION, Reason.MOVEMENT_IN_FLIGHT}), True, lambda c: moving(saturated(c, 3), c)),
    (frozenset({Reason.SATURATION, Reason.COLD_COPY}), True, lambda c: cold(saturated(c, 2), c)),
    (frozenset({Reason.WRITE_STORM, Reason.MOVEMENT_IN_FLIGHT}), False, lambda c: moving(stormy(c, 3), c)),
    (frozenset({Reason.WRITE_STORM, Reason.COLD_COPY}), False, lambda c: cold(stormy(c, 2), c)),
    (frozenset({Reason.SICK_NODE, Reason.MOVEMENT_IN_FLIGHT}), False, sick_beside_moving),
    (frozenset({Reason.SICK_NODE, Reason.COLD_COPY}), False, sick_beside_cold),
)


def draw(seed: int, count: int = 100) -> list[Case]:
    """So many cases, as many of each sort as fit."""
    chance = random.Random(seed)
    return [_case(chance, *KINDS[i % len(KINDS)]) for i in range(count)]


def _case(chance: random.Random, kinds: frozenset[Reason], curable: bool, make: Draw) -> Case:
    for _ in range(1000):
        tier = make(chance)
        if (tier.bad > LEAST_BAD) if kinds else (tier.bad < 0.005):
            return Case(tier, kinds, curable)
    raise AssertionError(f"no such case is slow: {sorted(kinds)}")
