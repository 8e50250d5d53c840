"""When requests are due: a Poisson process whose rate may change at any moment, the same for the same seed."""

from __future__ import annotations

import random


class Arrivals:
    """Due times in seconds on the caller's clock. `rate` is in requests per second; 0 pauses.

    A gap is drawn as an amount of *expected arrivals* (exponential, mean 1) and used up at the current rate, so a
    change of rate in the middle of a gap neither loses nor doubles an arrival.
    """

    def __init__(self, seed: int, start: float, rate: float = 0.0) -> None:
        self._random = random.Random(seed)
        self._since = start
        self._rate = rate
        self._owed = self._random.expovariate(1.0)

    def due(self) -> float | None:
        """When the next request is due, whether or not that has passed; None while paused."""
        return self._since + self._owed / self._rate if self._rate > 0 else None

    def take(self) -> float:
        """The due time of the next request, and on to the one after it."""
        due = self.due()
        if due is None:
            raise ValueError("nothing is due at a rate of 0")
        self._since, self._owed = due, self._random.expovariate(1.0)
        return due

    def change_rate(self, rate: float, now: float) -> None:
        """From `now` on, `rate`. Requests that were due before `now` must have been taken."""
        self._owed = max(0.0, self._owed - max(0.0, now - self._since) * self._rate)
        self._since, self._rate = max(now, self._since), rate

    def pick(self, choices: int) -> int:
        """Which of `choices` searches the next request asks, from the same seed."""
        return self._random.randrange(choices)
