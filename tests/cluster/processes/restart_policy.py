"""When a component that died may start again: a few times, later each time, then never."""

from __future__ import annotations

from collections.abc import Sequence

MAX_RESTARTS = 3
WINDOW_SECONDS = 600.0


def seconds_until_restart(deaths: Sequence[float], now: float) -> float | None:
    """How long to wait from `now`, given when the component died (seconds, same clock); None means give up.

    Only deaths of the last ten minutes count. The wait doubles from one second.
    """
    recent = [at for at in deaths if now - at <= WINDOW_SECONDS]
    if len(recent) > MAX_RESTARTS:
        return None
    return max(0.0, deaths[-1] + 2.0 ** (len(recent) - 1) - now) if recent else 0.0
