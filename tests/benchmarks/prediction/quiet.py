"""How measurements share a machine: a file that is there while they go on, and pauses between them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from tests.benchmarks.cpu import busy_seconds

_IDLE_CORES, _LOOK_SECONDS, _LOOKS, _LONGEST_SECONDS = 0.5, 4.0, 3, 60.0
"""The machine is idle when three looks in a row of 4 s find less than half a core busy; the cluster takes a quarter."""


@dataclass(frozen=True)
class Quiet:
    """`marker` is the file, for others to see; `rest_seconds` is how long they have the machine in between."""

    marker: Path | None
    rest_seconds: int

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """With the marker there, and as soon as the machine is idle. What others do meanwhile shows in `busy_cores`."""
        try:
            if self.marker is not None:
                self.marker.touch()
            _await_idle()
            yield
        finally:
            if self.marker is not None:
                self.marker.unlink(missing_ok=True)

    def rest(self) -> None:
        """Let others have the machine."""
        time.sleep(self.rest_seconds)


class Busy:
    """How many cores were busy since this was made."""

    def __init__(self) -> None:
        self._before, self._began = _busy_seconds(), time.monotonic()

    def cores(self) -> float:
        """In the mean, those of the measurement itself included."""
        return (_busy_seconds() - self._before) / (time.monotonic() - self._began)


def _await_idle() -> None:
    end, idle = time.monotonic() + _LONGEST_SECONDS, 0
    while idle < _LOOKS:
        busy = Busy()
        time.sleep(_LOOK_SECONDS)
        idle = idle + 1 if busy.cores() < _IDLE_CORES else 0
        if time.monotonic() > end:
            click.echo("the machine does something else too: the figures will be of both")
            return


def _busy_seconds() -> float:
    return busy_seconds(Path("/proc/stat").read_text())
