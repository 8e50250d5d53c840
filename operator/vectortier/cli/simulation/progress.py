"""How far a long simulation has got."""

from collections.abc import Callable

import click

from vectortier.simulate.rates import INTERVAL_SECONDS

_DAY = 86_400
LONG_SECONDS = _DAY
"""Loads of this length take long enough for somebody to wonder."""
_PARTS = 10
"""How often it is told."""


def progress(policy: str, intervals: int) -> Callable[[int], None]:
    """A function that is told of each finished interval, and says on standard error when a tenth of all are done."""
    each = max(1, intervals // _PARTS)
    days = intervals * INTERVAL_SECONDS / _DAY

    def finished(interval: int) -> None:
        if (interval + 1) % each == 0:
            done = (interval + 1) * INTERVAL_SECONDS / _DAY
            click.echo(f"{policy}: simulated {done:.1f} of {days:.1f} days", err=True)

    return finished
