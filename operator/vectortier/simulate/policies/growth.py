"""How fast the rate of searches has grown, as Vespa's autoscaler sees it (ClusterTimeseries.maxQueryGrowthRate)."""

_LEAST_GROWTH = 1.3
"""Growth by less than this is noise."""
_MINUTES_OF_A_DAY = 24 * 60
_UNKNOWN = 0.1
"""Per minute, of the present rate: what is assumed while less than a day is known."""


class Growth:
    """Fed with one rate a minute. Keeps the steepest growth ever seen, by any two minutes as its ends."""

    def __init__(self) -> None:
        self._minutes = 0
        self._starts: list[tuple[int, float]] = []
        self._steepest = 0.0
        self.peak = 0.0
        """The highest rate so far."""

    def add(self, rate: float) -> None:
        """The next minute's rate, in searches per second."""
        # A later start that is no higher is always the steeper one, so earlier ones that are can be forgotten.
        while self._starts and self._starts[-1][1] >= rate:
            self._starts.pop()
        for minute, low in self._starts:
            if rate >= _LEAST_GROWTH * low:
                self._steepest = max(self._steepest, (rate - low) / (self._minutes - minute))
        self._starts.append((self._minutes, rate))
        self._minutes += 1
        self.peak = max(self.peak, rate)

    def per_minute(self, rate: float) -> float:
        """The steepest growth in a minute, as a share of the rate."""
        if self._steepest == 0.0:
            return _UNKNOWN if self._minutes < _MINUTES_OF_A_DAY else 0.0
        return self._steepest / rate if rate > 0 else _UNKNOWN
