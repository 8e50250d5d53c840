"""What the policy has learned of one tier: explicit values, given to a decision and handed on by it.

Small enough for a ConfigMap, and complete: a decision that is given the same values is the same decision.
"""

from typing import Literal

from vectortier.model.value import Value


class Days(Value):
    """What a day is like: the usual rate in each quarter of an hour of it (UTC)."""

    rates: tuple[float, ...] = ()
    """Searches per second, decaying means over days; negative where no day has shown it yet. Empty: no day has."""
    quarter: int = -1
    """The quarter of an hour that is going on, counted from 1970; -1: none."""
    mean: float = 0.0
    """Of the rates in it so far."""
    count: int = 0
    error: float = 0.0
    """How wrong forecasts by it were in the last day, as a mean of absolute logarithms."""
    error_of_trend: float = 0.0
    """The same for those by the trend."""
    judged: int = 0
    """How many forecasts these are means of."""


class Demand(Value):
    """How searches have come lately, and how wrong forecasts of that were."""

    rates: tuple[float, ...] = ()
    """Searches per second in each of the last intervals, the oldest first."""
    roughness: float = 0.0
    """By how much the logarithm of the rate changes from one interval to the next, as a decaying mean."""
    errors: tuple[float, ...] = ()
    """Logarithms of rate / forecast, in units of what the roughness then let expect; the oldest first."""
    days: Days = Days()
    record: float = 0.7
    """By how much, as a logarithm, the rate has gone beyond the highest of the rates kept in the time that forecasts
    reach. Wears off; a new tier may double."""


class Capacity(Value):
    """What one copy can do. Costs are shares of a node's CPU limit for one request per second that it answers."""

    search_cost: float | None = None
    """None: never measured."""
    write_cost: float = 0.0
    spread: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How uncertain the costs are: the variance of a search's, the covariance, the variance of a write's."""
    trust: float = 1.0
    """The highest utilisation that keeps the promise, as a multiple of what queueing theory says."""
    median_seconds: float = 0.0
    """How long a search takes that hardly waits; 0: not known."""
    interference: float = 0.25
    """The share of a serving copy that a copy in the making takes from it."""


class Spare(Value):
    """Since when the tier has been larger than it needs to be, without a break."""

    since: float | None = None
    """Unix seconds; None: it is not."""
    most: int = 0
    """The most copies that were needed in that time."""


class Learned(Value):
    """Parameters that a decision is made with, besides the spec and the observation. A new tier has the defaults."""

    version: Literal[1] = 1
    at: float = 0.0
    """Unix seconds of the last interval that was learned from; 0: none."""
    demand: Demand = Demand()
    capacity: Capacity = Capacity()
    spare: Spare = Spare()
