"""When a node is warm: a rule over the latencies of the searches that were sent to it. Pure."""

import math
from collections.abc import Sequence

_IMPROVEMENT = 0.1
_RELAPSE = 2.0
_LEAST_WINDOWS = 3
_RECENT_WINDOWS = 2


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed, by nearest rank. `values` must not be empty."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def is_warm(latencies: Sequence[float], window: int) -> bool:
    """Whether a node answers as fast as it will, given its latencies in order, in seconds.

    They are cut into windows of equal size, of which each is judged by its 90th percentile: the very slowest answers
    of a small window say more about the machine's noise than about caches. The node is warm when the last two windows
    are no more than 10 % better than the best before them, and the last one is not twice as slow as the best.
    """
    whole = len(latencies) // window
    if whole < _LEAST_WINDOWS:
        return False
    slowness = [quantile(latencies[i * window : (i + 1) * window], 0.9) for i in range(whole)]
    before, recent = slowness[:-_RECENT_WINDOWS], slowness[-_RECENT_WINDOWS:]
    improving = min(recent) < (1 - _IMPROVEMENT) * min(before)
    return not improving and recent[-1] <= _RELAPSE * min(slowness)
