"""Where the bounds of the latency histogram lie."""

from __future__ import annotations

# Milliseconds. Each has at most two significant digits, so that a bound can cut exactly there.
_ROUND = (
    *range(1, 11), 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000,
    1200, 1500, 2000, 2500, 3000, 4000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 60_000,
)  # fmt: skip
_NEAR_THE_SLO = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0)
_JUST_BELOW = 0.125  # exact in binary, so that labels stay short


def latency_bounds(slo_milliseconds: int) -> list[float]:
    """Bucket bounds in milliseconds, ascending, closer around the SLO; 249.875 means: less than 250.

    Envoy records whole milliseconds in bins of two significant digits, and counts the bin that a bound lies in as a
    whole. A bound a little below a number of at most two significant digits lies in the last bin before it, so that
    its count is exactly the requests that took less.
    """
    near = (round(slo_milliseconds * share) for share in _NEAR_THE_SLO)
    return [number - _JUST_BELOW for number in sorted({*_ROUND, *(one for one in near if one >= 1)})]
