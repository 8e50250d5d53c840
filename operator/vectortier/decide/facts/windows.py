"""The two windows over which the promise is judged, once they can be believed."""

import math
from dataclasses import dataclass

from vectortier.api.reasons import Reason
from vectortier.model.load import Load, SloWindow
from vectortier.model.value import Unknown

STALE_SECONDS = 60.0
"""Two scrapes at the customary 30 s: an older sample says how things were."""


@dataclass(frozen=True)
class Windows:
    """Both can be believed."""

    short: SloWindow
    long: SloWindow

    @property
    def coarse(self) -> bool:
        """Whether they are from Weaviate's own histograms: late searches are a fact by them, but nothing is learned."""
        return self.long.between_milliseconds is not None


def read_windows(load: Load | Unknown) -> Windows | Unknown:
    """Both windows, or why they cannot be used."""
    if isinstance(load, Unknown):
        return load
    if isinstance(load.long, Unknown):
        return load.long
    if isinstance(load.short, Unknown):
        return load.short
    return _odd(load.long) or _odd(load.short) or Windows(load.short, load.long)


def _odd(window: SloWindow) -> Unknown | None:
    numbers = (window.requests, window.bad, window.bad_at_most or 0.0, window.age_seconds)
    if not all(math.isfinite(n) and n >= 0 for n in numbers):
        text = f"the window of {window.seconds} s has {window.requests} requests, {window.bad} of them bad"
        return Unknown(reason=Reason.METRICS_INVALID, message=f"{text}, {window.age_seconds} s old")
    if window.age_seconds > STALE_SECONDS:
        text = f"the newest sample is {window.age_seconds:.0f} s old, {STALE_SECONDS:.0f} s at most"
        return Unknown(reason=Reason.METRICS_STALE, message=text)
    return None
