"""Liveness and readiness that tell the truth."""

from collections.abc import Callable
from dataclasses import dataclass, field

from vectortier.runtime.queue import Key

_STUCK_SECONDS = 180.0
_SILENT_SECONDS = 60.0


@dataclass
class WatchTruth:
    """Compares what the watches announced with what a list shows: a dead watch looks just like a quiet one."""

    _announced: dict[Key, str] = field(default_factory=dict)
    _behind: dict[Key, tuple[str | None, float]] = field(default_factory=dict)
    _missing: set[Key] = field(default_factory=set)

    def announce(self, key: Key, version: str) -> None:
        """A watch told of this version of the object."""
        self._announced[key] = version

    def forget(self, key: Key) -> None:
        """A watch told that the object is gone."""
        self._announced.pop(key, None)
        self._behind.pop(key, None)

    def known(self) -> tuple[Key, ...]:
        """Every object that was announced and is not gone."""
        return tuple(self._announced)

    def compare(self, listed: dict[Key, str], now: float) -> tuple[Key, ...]:
        """The objects whose listed version no watch has announced; somebody should look at them."""
        different = {key: self._announced.get(key) for key, version in listed.items() if self._differs(key, version)}
        # As long as announcements keep coming the watch lives, it is the list that is older or newer by a moment.
        self._behind = {key: (announced, self._since(key, announced, now)) for key, announced in different.items()}
        return tuple(different)

    def vanished(self, listed: dict[Key, str], unreadable: frozenset[str] = frozenset()) -> tuple[Key, ...]:
        """Objects that were announced once and were missing in the last two lists: their end was not announced.

        An object in a namespace that may not be read is not missing, it is just not seen.
        """
        missing = {key for key in self.known() if key not in listed and key.namespace not in unreadable}
        gone = tuple(missing & self._missing)
        self._missing = missing
        return gone

    def problem(self, now: float) -> str | None:
        """Which object a watch has failed to announce for too long; None if the watches live."""
        for key, (_, since) in self._behind.items():
            if now - since > _SILENT_SECONDS:
                return f"the watch has not announced a change of {key.kind} {key.namespace}/{key.name} for too long"
        return None

    def _differs(self, key: Key, version: str) -> bool:
        return self._announced.get(key) != version

    def _since(self, key: Key, announced: str | None, now: float) -> float:
        before, since = self._behind.get(key, (announced, now))
        return since if before == announced else now


@dataclass
class Health:
    """What the probes are answered from. Functions return seconds of the monotonic clock, or a problem."""

    started: Callable[[], dict[Key, float]]
    """Since when each object that is being looked at has been."""
    election_beat: Callable[[], float]
    """When this process last took part in the election."""
    watches: WatchTruth
    watching: bool = False
    """Whether the watches have been set up."""
    failure: str | None = None
    """Why a part of the process has ended for good."""

    def problems(self, now: float) -> list[str]:
        """Why this process should be restarted; empty if it should not."""
        stuck = [key for key, since in self.started().items() if now - since > _STUCK_SECONDS]
        found = [f"a look at {key.kind} {key.namespace}/{key.name} does not end" for key in stuck]
        if now - self.election_beat() > _SILENT_SECONDS:
            found.append("the election is not taken part in any more")
        found += [problem for problem in (self.failure, self.watches.problem(now)) if problem]
        return found

    def ready(self) -> bool:
        """Whether this process does its work: as leader, or as one that would take over at once."""
        return self.watching and self.failure is None
