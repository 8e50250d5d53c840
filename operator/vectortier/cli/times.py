"""Times on the command line."""

from datetime import UTC, datetime

import click


def moment(_: click.Context, __: click.Parameter, given: str | None) -> float | None:
    """Unix seconds from ISO 8601 (UTC where it names no zone) or Unix seconds. Raises BadParameter."""
    if given is None:
        return None
    try:
        return float(given)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(given)
    except ValueError as error:
        raise click.BadParameter(f"'{given}' is no time; write 2026-11-26T09:30:00Z, or Unix seconds") from error
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
