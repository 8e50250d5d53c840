"""What clients ask of a tier: rates, one per second, and the intervals in which they are simulated."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

INTERVAL_SECONDS = 15
"""The interval of simulations: that of the operator's looks, of the HPA's syncs and of usual scrapes."""
PEAK_QUANTILE = 0.999
"""What `--peak-copies` calls the peak: a second in a thousand may be above it, so that no spike sets the scale."""


@dataclass(frozen=True)
class Rates:
    """Searches and writes per second, one value for each second. Both have the same length, at least 1."""

    searches: Sequence[float]
    writes: Sequence[float]

    def peak(self) -> float:
        """The rate of searches that 99.9 % of the seconds do not exceed, by nearest rank, in searches per second."""
        return sorted(self.searches)[math.ceil(PEAK_QUANTILE * len(self.searches)) - 1]

    def scaled(self, factor: float) -> "Rates":
        """Every rate of searches times the factor. Writes stay: they come from elsewhere."""
        return Rates([rate * factor for rate in self.searches], self.writes)


@dataclass(frozen=True)
class Load:
    """Mean rates per second in each interval of `INTERVAL_SECONDS`."""

    searches: tuple[float, ...]
    writes: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.searches)


def in_intervals(rates: Rates) -> Load:
    """The rates as means over intervals. A last interval of fewer seconds has the mean of those that it has."""
    return Load(_means(rates.searches), _means(rates.writes))


def _means(rates: Sequence[float]) -> tuple[float, ...]:
    pieces = (rates[i : i + INTERVAL_SECONDS] for i in range(0, len(rates), INTERVAL_SECONDS))
    return tuple(math.fsum(piece) / len(piece) for piece in pieces)
