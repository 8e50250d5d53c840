"""What the tier needs, as values: worked out once in a decision, read by many rules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizing:
    """Copies that keep the promise, not rounded; infinite where no number is enough."""

    serving: int
    """Copies that answer searches."""
    now: float
    ahead: float
    """When a copy that is ordered at the next look could serve, with headroom for what may come."""
    later: float
    """When the one after that could, with the same."""
    expected: float
    """As `ahead`, by the forecast alone: it is as likely to be too little as too much."""
    settled: float
    """In the time in which a copy that is taken away could not be brought back; at least `ahead`. With what making a
    copy takes: a tier that is left with less orders the next one while it can be afforded."""
    grows: bool
    """Whether more is expected than was asked for at any time lately."""

    @property
    def spare(self) -> bool:
        """Whether a copy could be done without, as far as can be foreseen."""
        return self.settled <= self.serving - 1


@dataclass(frozen=True)
class Wanted:
    """So many copies, and why: by what is measured and expected now, not by windows that reach into the past."""

    copies: int
    why: str
