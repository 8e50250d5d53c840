"""The clairvoyant optimum: the cheapest schedule that keeps the promise, found exactly, by dynamic programming.

It knows the whole load. New copies come in batches, one of which is in flight at a time, as in the operator. The rest
is what the model does to everybody: a batch takes `delay_intervals`, while its bytes are read the serving copies have
less to give, and to take copies away is free and immediate. Schedules that drop copies while a batch is in flight are
left out, because a smaller batch does the same for less; the tests try all of them.

Cheapest means, in this order: the fewest violating intervals, the fewest replica intervals (serving and in flight), the
fewest copies. Where the bounds make a violation unavoidable, the backlog that it leaves is not carried over.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from vectortier.simulate.model import TierModel
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.rates import INTERVAL_SECONDS


@dataclass(frozen=True)
class Schedule:
    """Copies wanted in each interval, those in flight among them."""

    start: int
    """Copies that serve when it begins."""
    wanted: tuple[int, ...]

    @property
    def replica_hours(self) -> float:
        """What the schedule costs."""
        return sum(self.wanted) * INTERVAL_SECONDS / 3600


Choice = tuple[int, int]
"""Copies to keep, and copies to order."""


def optimum(asked_for: Sequence[float], model: TierModel, bounds: Bounds, start: int | None = None) -> Schedule:
    """The optimal schedule for a load (copies asked for in each interval, not rounded).

    It begins with `start` copies that serve; without that, with as many as are best, and of those the fewest.
    O(intervals * copies^2) time.
    """
    most = max(bounds.hold(max(asked_for)), start or bounds.least)
    return _Search(asked_for, model, range(bounds.least, most + 1)).schedule(start)


class _Search:
    """Goes backwards: what is best from an interval on depends on the number of copies that serve then, nothing being
    in flight."""

    def __init__(self, asked_for: Sequence[float], model: TierModel, sizes: range) -> None:
        self._asked_for = asked_for
        self._delay = model.delay_intervals
        self._sizes = sizes
        self._late = _LateIntervals(asked_for, model, sizes)
        # Costs are one integer: violations before replicas before copies.
        most = len(asked_for) * sizes[-1] + 1
        self._replica, self._violation = most, most * most

    def schedule(self, start: int | None) -> Schedule:
        choices, costs = self._choices()
        serving = begins = start if start is not None else self._sizes[costs.index(min(costs))]
        wanted: list[int] = []
        while len(wanted) < len(self._asked_for):
            kept, batch = choices[len(wanted)][serving - self._sizes[0]]
            serving = kept + batch
            wanted += [serving] * (self._delay if batch else 1)
        return Schedule(begins, tuple(wanted))

    def _choices(self) -> tuple[list[list[Choice]], list[int]]:
        """For each interval the best choice by the number of copies that serve; and what all of it costs, by that."""
        costs: deque[list[int]] = deque([[0] * len(self._sizes)], maxlen=self._delay)
        choices: list[list[Choice]] = []
        for interval in reversed(range(len(self._asked_for))):
            self._late.move_to(interval)
            cost, choice = self._best(self._asked_for[interval], costs)
            costs.appendleft(cost)
            choices.append(choice)
        return choices[::-1], costs[0]

    def _best(self, asked_for: float, costs: deque[list[int]]) -> tuple[list[int], list[Choice]]:
        """`costs[n]` is what is still to pay from n + 1 intervals later on, by the number of copies that serve then."""
        best_costs: list[int] = []
        best_choices: list[Choice] = []
        for index, serving in enumerate(self._sizes):
            cost = costs[0][index] + self._replica * serving + self._violation * (asked_for > serving)
            choice = (serving, 0)
            if len(costs) == self._delay:
                cost, choice = self._with_batch(index, costs[-1], cost, choice)
            if best_costs and best_costs[-1] <= cost:
                # To have more and drop them is free, so more copies are never worse than fewer.
                cost, choice = best_costs[-1], best_choices[-1]
            best_costs.append(cost)
            best_choices.append(choice)
        return best_costs, best_choices

    def _with_batch(self, index: int, afterwards: list[int], cost: int, choice: Choice) -> tuple[int, Choice]:
        """The best batch to order, if that is better than the choice."""
        serving = self._sizes[index]
        unread = self._violation * self._late.while_not_read[index] + self._replica * serving * self._delay
        if unread >= cost:
            return cost, choice
        each = self._replica * self._delay + 1
        for batch, late in enumerate(self._late.while_read[index], 1):
            whole = unread + self._violation * late + each * batch + afterwards[index + batch]
            if whole < cost:
                cost, choice = whole, (serving, batch)
        return cost, choice


class _LateIntervals:
    """How many intervals would violate the promise in the time that a batch takes, were it ordered now. Kept up to date
    from interval to interval, because to count anew takes as many times longer as a batch takes intervals."""

    def __init__(self, asked_for: Sequence[float], model: TierModel, sizes: range) -> None:
        self._asked_for = asked_for
        self._delay = model.delay_intervals
        self._reading = model.transfer_intervals
        self._sizes = sizes
        self._left = [[model.effective_copies(n, batch) for batch in range(1, sizes[-1] - n + 1)] for n in sizes]
        self.while_not_read = [0 for _ in sizes]
        """By serving copies: violations before and after they are read."""
        self.while_read = [[0 for _ in lefts] for lefts in self._left]
        """By serving copies and by the size of the batch, from 1 on: violations while they are read."""

    def move_to(self, interval: int) -> None:
        """To the interval before the one that it was at."""
        first, after = (self._at(interval + age) for age in self._reading)
        now, end = self._at(interval), self._at(interval + self._delay)
        for index, serving in enumerate(self._sizes):
            entered = (now > serving) + (after > serving)
            left = (first > serving) + (end > serving)
            self.while_not_read[index] += entered - left
            counts = self.while_read[index]
            for batch, copies in enumerate(self._left[index]):
                if first > copies:
                    counts[batch] += 1
                if after > copies:
                    counts[batch] -= 1

    def _at(self, interval: int) -> float:
        return self._asked_for[interval] if interval < len(self._asked_for) else 0.0
