"""Since when the promise has been missed, for whoever sees one short window after the other."""

from vectortier.model.load import BUDGET, SloWindow


class Missed:
    """Times are seconds, by whatever clock the windows have."""

    def __init__(self) -> None:
        self._since: float | None = None

    def note(self, short: SloWindow, now: float) -> None:
        """A new window ends now."""
        if (short.bad_fraction or 0.0) <= BUDGET:
            self._since = None
        elif self._since is None:
            self._since = now

    def forget(self) -> None:
        """Nobody knows what has been: that is not held against the tier."""
        self._since = None

    def seconds(self, now: float) -> float:
        """For how long, up to now and without a break; 0 while it is kept."""
        return 0.0 if self._since is None else now - self._since
