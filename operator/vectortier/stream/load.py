"""What Prometheus would know of a tier that lines tell of, as the operator reads it."""

from collections import deque

from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.load import CollectionLoad, Instant, Load, SloWindow, Utilisation
from vectortier.model.value import Unknown
from vectortier.played.missed import Missed
from vectortier.played.world import name_of
from vectortier.stream.line import Line
from vectortier.stream.tier import ToldNode, ToldTier


class Window:
    """The lines whose windows end within so many seconds before the last one, which always counts."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._lines: deque[Line] = deque()

    def add(self, line: Line) -> None:
        """The next line."""
        self._lines.append(line)
        while self._lines[0].now <= line.now - self._seconds and len(self._lines) > 1:
            self._lines.popleft()

    def counts(self) -> SloWindow:
        """Bad searches are at most all of them: one that ended before the window may have been told late."""
        requests = sum(line.requests for line in self._lines)
        bad = min(requests, sum(line.bad for line in self._lines))
        return SloWindow(seconds=self._seconds, requests=requests, bad=bad, age_seconds=0.0)

    def queries_per_second(self) -> float:
        """The mean rate."""
        covered = sum(line.window_seconds for line in self._lines)
        return sum(line.qps * line.window_seconds for line in self._lines) / covered


class LoadReader:
    """Remembers what the windows need, and since when the promise has been missed."""

    def __init__(self, spec: VectorTierSpec) -> None:
        self._limits = spec.weaviate.resources.limits
        self._short = Window(spec.damping.windows.short_seconds)
        self._long = Window(spec.damping.windows.long_seconds)
        self._missed = Missed()

    def blind(self) -> Unknown:
        """A line without metrics."""
        self._missed.forget()
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message="The line has no metrics of the tier.")

    def read(self, line: Line, tier: ToldTier) -> Load:
        """The load at the end of the line's window."""
        self._short.add(line)
        self._long.add(line)
        short = self._short.counts()
        self._missed.note(short, line.now)
        return Load(
            short=short,
            long=self._long.counts(),
            queries_per_second=self._short.queries_per_second(),
            writes_per_second=line.writes_per_second,
            instant=_instant(line),
            p50_milliseconds=line.p50_ms,
            p99_milliseconds=line.p99_ms,
            missed_seconds=self._missed.seconds(line.now),
            cpu=_shares("cpu", line.cpu_utilisation, tier, needed=self._limits.cpu is not None),
            memory=_shares("memory", line.memory_utilisation, tier, needed=self._limits.memory is not None),
            cpu_seconds=line.window_seconds,
            disk=_shares("disk", line.disk_utilisation, tier, needed=False),
            volume_bytes=tuple((name_of(node), line.bytes_per_copy) for node in tier.nodes if node.serves),
            collections=tuple(
                CollectionLoad(name=name, searches_per_second=rate)
                for name, rate in sorted((line.collections or {}).items(), key=lambda item: (-item[1], item[0]))
            ),
        )


def _instant(line: Line) -> Instant:
    bad = min(line.bad, line.requests) / line.requests if line.requests > 0 else None
    return Instant(queries_per_second=line.qps, bad_fraction=bad)


def _shares(
    what: str, told: tuple[float | None, ...] | None, tier: ToldTier, *, needed: bool
) -> tuple[Utilisation, ...] | Unknown:
    """The shares that are told. None at all is Unknown only where the tier has a limit that they should relate to."""
    nodes: tuple[tuple[ToldNode, float | None], ...] = tuple(zip(tier.nodes, told or (), strict=False))
    known = tuple(Utilisation(node=name_of(node), fraction=share) for node, share in nodes if share is not None)
    if known or not needed:
        return known
    return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=f"The line has no {what}_utilisation.")
