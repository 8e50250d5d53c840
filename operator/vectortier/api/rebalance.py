"""When, how much and with whose consent a tier's data may be moved."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from vectortier.api.base import ApiModel


class Approval(StrEnum):
    """Who has to agree before an operation is begun."""

    AUTO = "Auto"
    MANUAL = "Manual"


class Day(StrEnum):
    """A day of the week, in UTC."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class MaintenanceWindow(ApiModel):
    """A time in which operations may begin that nobody waits for."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)] = Field(
        default=tuple(Day), description="The days on which it begins, in UTC. Example: [Saturday, Sunday]."
    )
    start: Annotated[str, Field(min_length=5, max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        description="When it begins, as hours and minutes in UTC. Example: '22:00'."
    )
    minutes: Annotated[int, Field(ge=15, le=1440)] = Field(
        description="How long it lasts, in minutes; it may reach into the next day. Example: 240."
    )


class Rebalance(ApiModel):
    """When, how much and with whose consent data may be moved."""

    approval: Approval = Field(
        default=Approval.AUTO,
        description="Auto begins operations by itself. Manual puts each into status.proposal and begins it once the "
        "annotation vectortier.dev/approve has the proposal's hash.",
    )
    maintenance_windows: Annotated[tuple[MaintenanceWindow, ...], Field(max_length=14)] = Field(
        default=(),
        description="Operations that nobody waits for, which take nodes or old volumes away, begin only within one of "
        "these; none: at any time. What the SLO or a minimum of the spec asks for does not wait.",
    )
    bytes_per_hour: Annotated[int, Field(ge=1, le=2**53 - 1)] | None = Field(
        default=None,
        description="No copies are begun that would bring what was copied within an hour beyond this, in bytes; there "
        "is no limit when it is absent. What is larger by itself begins after an hour without copies. "
        "Example: 500000000000.",
    )
