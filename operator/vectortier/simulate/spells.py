"""How likely an interval violates the promise when its late searches come in spells.

A queue that is long stays long for a while, so late searches come together: of two intervals in which 1 % are late in
the mean, most have none and few have many. Being late is an on-off process: spells with an exponentially distributed
length, and times between them that make up the share that is late in the mean.

Sources: the mean spell is the time that a Brownian motion with the queue's drift and variance stays above a level that
it has reached (Aldous, Probability Approximations via the Poisson Clumping Heuristic, 1989, chapter D); the time that
an on-off process spends in one state is Takacs' (On certain sojourn time problems, 1957).
"""

import math

_NORMAL_FROM = 400.0
"""Counts with this mean and above are taken for normally distributed."""


def chance(late: float, spell: float, time: float, allowed: float) -> float:
    """The chance (0..1) that searches are late for more than `allowed` of a `time`.

    `late` is the share (0..1) of the time in which they are in the mean, `spell` the mean length of one time in which
    they are; the last three are in the same unit.
    """
    if allowed < 0:
        return 1.0
    if late <= 0 or allowed >= time:
        return 0.0
    if late >= 1:
        return 1.0
    begun = late / (1 - late) / spell * (time - allowed)
    room = allowed / spell
    return late * (1 - _at_most(begun, room, 1)) + (1 - late) * (1 - _at_most(begun, room, 0))


def _at_most(begun: float, room: float, more: int) -> float:
    """The chance that spells, of which `begun` begin in the mean and `more` were going on already, fit into the room:
    that a Poisson count with the first mean, and that more, is not above one with the second."""
    if begun + room >= _NORMAL_FROM:
        return math.erfc((begun + more - room - 0.5) / math.sqrt(2 * (begun + room))) / 2
    spells, fit = math.exp(-begun), 1 - sum(_poisson(room, n) for n in range(more))
    found = spells * fit
    for n in range(1, math.ceil(begun + 10 * math.sqrt(begun) + 20)):
        spells *= begun / n
        fit -= _poisson(room, n + more - 1)
        found += spells * max(0.0, fit)
    return min(1.0, found)


def _poisson(mean: float, count: int) -> float:
    if mean == 0:
        return 1.0 if count == 0 else 0.0
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
