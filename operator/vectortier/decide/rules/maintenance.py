"""Is it a time for what nobody waits for?"""

from datetime import UTC, datetime, timedelta

from vectortier.api.reasons import Reason
from vectortier.api.rebalance import Day, MaintenanceWindow
from vectortier.decide.facts.look import Look
from vectortier.decide.ruling import Ruling, hold
from vectortier.model.journal import RESTARTS, OperationKind
from vectortier.model.plan import Action, BeginOperation

PATIENT = (OperationKind.SCALE_IN, OperationKind.SPREAD, OperationKind.PURGE, *RESTARTS)
"""Kinds that cost no latency while they wait."""
_DAYS = tuple(Day)


def in_a_window(look: Look, action: Action) -> Ruling | None:
    """Hold what can wait until one of the spec's windows is open."""
    windows = look.spec.rebalance.maintenance_windows
    if not windows or not isinstance(action, BeginOperation) or action.operation.kind not in PATIENT:
        return None
    now = datetime.fromtimestamp(look.now, UTC)
    if any(_is_open(window, now) for window in windows):
        return None
    opens = min(_opens(window, now) for window in windows)
    return hold(Reason.OUTSIDE_WINDOW, f"the next maintenance window opens at {opens:%Y-%m-%dT%H:%M}Z")


def _is_open(window: MaintenanceWindow, now: datetime) -> bool:
    """One that began yesterday may last until today."""
    begins = (_begins(window, now - timedelta(days=ago)) for ago in (0, 1))
    length = timedelta(minutes=window.minutes)
    return any(begin is not None and begin <= now < begin + length for begin in begins)


def _opens(window: MaintenanceWindow, now: datetime) -> datetime:
    begins = (_begins(window, now + timedelta(days=ahead)) for ahead in range(8))
    return next(begin for begin in begins if begin is not None and begin > now)


def _begins(window: MaintenanceWindow, day: datetime) -> datetime | None:
    """When it begins on that day; None on other days than its own."""
    if _DAYS[day.weekday()] not in window.days:
        return None
    hours, minutes = window.start.split(":")
    return day.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
