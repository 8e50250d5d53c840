"""How much load breaks the promise: a controller that raises the rate, fed with what was measured. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RampSettings:
    """Rates in requests per second. A window is judged `grace_seconds` after its end, when its answers are known.

    The rate rises by `quick_factor` while no more searches than are allowed to be late take half of the SLO, which is
    far from breaking it, and by `factor` closer to it.
    """

    start_qps: float = 40.0
    quick_factor: float = 1.2
    factor: float = 1.1
    window_seconds: float = 15.0
    allowed_slow_fraction: float = 0.01
    overload: float = 1.2
    clear_slow_fraction: float = 0.05
    most_raises: int = 2
    sure_windows: int = 2
    calm_windows: int = 4
    ceiling_qps: float = 1500.0
    grace_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """What became of the requests due in [begin, end): how many, how many were not answered within the SLO, and how
    many not within half of it."""

    begin: float
    end: float
    requests: int
    slow: int
    near: int

    @property
    def slow_fraction(self) -> float | None:
        return self.slow / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class Ramp:
    """Where the controller is. `since` is when the window that is now being filled began."""

    rate: float
    since: float
    kept_qps: float | None = None
    broke_qps: float | None = None
    """The rate that broke the promise last; the window after it, at the same rate, tells whether it did by chance."""
    held: bool = False
    raised: int = 0
    """How often the held rate was raised, since it was on the edge."""
    lasted: int = 0
    """How many windows at the held rate have broken the promise."""
    kept_since: int = 0
    """How many windows at the held rate have kept it since the last one that broke it."""
    exhausted: bool = False


def begin(settings: RampSettings, now: float) -> Ramp:
    """The ramp at its first rate."""
    return Ramp(settings.start_qps, since=now)


def due_window(ramp: Ramp, settings: RampSettings, now: float) -> tuple[float, float] | None:
    """The window that can be judged now, if any: 15 s at one rate, and old enough for its answers to be in."""
    end = ramp.since + settings.window_seconds
    return None if ramp.exhausted or now < end + settings.grace_seconds else (ramp.since, end)


def advance(ramp: Ramp, settings: RampSettings, window: Window, now: float) -> Ramp:
    """The next state after a window that `due_window` asked for; one without requests tells nothing.

    Two windows in a row that break the promise at one rate end the climb: near the capacity, a single one does so by
    chance, and 1.2 times that would not be an overload. The rate is multiplied by `overload` and held.

    A first held window in which fewer than `clear_slow_fraction` are late is on the edge, where others keep the promise
    by chance: the held rate is raised by `factor`, `most_raises` times at most. Should one of the first windows keep
    the promise, the break was a stall (a compaction, a flush) and not the capacity of the database: the climb goes on.
    Once `sure_windows` of them have broken it, single ones that keep it are chance; after `calm_windows` in a row the
    machine has become faster, and the climb goes on too.
    """
    if window.slow_fraction is None:
        return replace(ramp, since=now)
    if window.slow_fraction > settings.allowed_slow_fraction:
        return _broken(ramp, settings, window, now)
    if ramp.lasted >= settings.sure_windows and ramp.kept_since + 1 < settings.calm_windows:
        return replace(ramp, since=window.end, kept_since=ramp.kept_since + 1)
    return _risen(ramp, settings, window, now)


def _broken(ramp: Ramp, settings: RampSettings, window: Window, now: float) -> Ramp:
    if ramp.held:
        if _on_the_edge(ramp, settings, window):
            return replace(ramp, rate=ramp.rate * settings.factor, since=now, raised=ramp.raised + 1)
        return replace(ramp, since=window.end, lasted=ramp.lasted + 1, kept_since=0)
    if ramp.broke_qps == ramp.rate:
        return replace(ramp, rate=ramp.rate * settings.overload, since=now, held=True)
    return replace(ramp, since=window.end, broke_qps=ramp.rate)


def _on_the_edge(ramp: Ramp, settings: RampSettings, window: Window) -> bool:
    first = ramp.lasted == 0 and ramp.raised < settings.most_raises
    return first and (window.slow_fraction or 0.0) < settings.clear_slow_fraction


def _risen(ramp: Ramp, settings: RampSettings, window: Window, now: float) -> Ramp:
    far = window.near <= settings.allowed_slow_fraction * window.requests
    faster = ramp.rate * (settings.quick_factor if far else settings.factor)
    if faster * settings.overload > settings.ceiling_qps:
        return Ramp(ramp.rate, since=now, kept_qps=ramp.rate, exhausted=True)
    return Ramp(faster, since=now, kept_qps=ramp.rate)
