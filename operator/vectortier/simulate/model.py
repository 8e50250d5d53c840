"""The parameters of the tier model, and what follows from them. `model.yaml` beside this file says where each of its
values is from; times end in their unit."""

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from vectortier.simulate.queueing import Queue
from vectortier.simulate.rates import INTERVAL_SECONDS

DEFAULTS = Path(__file__).with_name("model.yaml")
"""The default parameters, each with its source."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=86_400 * 366, allow_inf_nan=False)]


class TierModel(BaseModel):
    """One tier: how fast its copies search, what writes cost them, what a new copy takes, what metrics show of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    search_milliseconds: float = Field(gt=0, le=60_000, allow_inf_nan=False)
    search_spread: float = Field(ge=0.01, le=5, allow_inf_nan=False)
    cores_per_copy: int = Field(ge=1, le=1024)
    search_drift: float = Field(ge=-0.9, le=10, allow_inf_nan=False)
    stalls_per_second: float = Field(ge=0, le=1000, allow_inf_nan=False)
    stall_milliseconds: float = Field(ge=0, le=60_000, allow_inf_nan=False)
    late_spells: bool
    searches_in_flight: int | None = Field(ge=1)
    client_deadline_seconds: float = Field(gt=0, le=3600, allow_inf_nan=False)
    write_milliseconds: float = Field(ge=0, le=60_000, allow_inf_nan=False)
    shards: int = Field(ge=1, le=1000)
    bytes_per_copy: int = Field(ge=1, le=10**15)
    copy_bytes_per_second: float = Field(ge=1, le=1e12, allow_inf_nan=False)
    boot_seconds: Seconds
    load_seconds: Seconds
    copy_interference: float = Field(ge=0, lt=1, allow_inf_nan=False)
    memory_used: Share
    disk_used: Share
    scrape_lag_seconds: float = Field(ge=0, le=3600, allow_inf_nan=False)
    missing_scrapes: float = Field(ge=0, lt=1, allow_inf_nan=False)
    sampling_noise: bool
    outage_start_seconds: Seconds
    outage_seconds: Seconds

    def queue(self, service: float) -> Queue:
        """The queue in front of one copy, given the mean service time in seconds."""
        stalls, stall = self.stalls_per_second * service, self.stall_milliseconds / 1000 / service
        return Queue(self.cores_per_copy, self.search_spread, stalls, stall)

    def most_waiting(self, speed: float) -> float:
        """The most searches that may wait in front of copies that answer `speed` a second; more have failed."""
        patient = speed * self.client_deadline_seconds
        return patient if self.searches_in_flight is None else min(patient, self.searches_in_flight)

    @cached_property
    def transfer_seconds(self) -> float:
        """How long the bytes of one copy take."""
        return self.bytes_per_copy / self.copy_bytes_per_second

    @cached_property
    def delay_intervals(self) -> int:
        """Intervals from asking for a node until its copy serves; what takes a part of an interval takes all of it."""
        return _whole(self.boot_seconds + self.transfer_seconds + self.load_seconds)

    @cached_property
    def transfer_intervals(self) -> tuple[int, int]:
        """The first interval of a new copy's life in which its source is read, and the first in which it no longer is.

        Whole intervals, like `delay_intervals`, so that a schedule is judged in the same way by whoever computes it.
        """
        return int(self.boot_seconds // INTERVAL_SECONDS), _whole(self.boot_seconds + self.transfer_seconds)

    def search_seconds(self, progress: float) -> float:
        """The mean service time, given how far the simulation has got (0..1)."""
        return self.search_milliseconds / 1000 * (1 + self.search_drift * progress)

    def spare_cores(self, writes_per_second: float) -> float:
        """What writes leave of one copy's cores for searches; 0 when they leave nothing."""
        return max(0.0, self.cores_per_copy - writes_per_second * self.write_milliseconds / 1000)

    def effective_copies(self, serving: int, copying: int) -> float:
        """The copies that are left for searches while `copying` new ones are read from `serving`.

        Each new one takes its share of one serving copy; sources take turns, so that none is read twice before all
        are read once.
        """
        if serving == 0:
            return 0.0
        each, more = divmod(copying, serving)
        left = 1 - self.copy_interference
        return float((serving - more) * left**each + more * left ** (each + 1))


def default_model() -> TierModel:
    """The model that comes with the program."""
    return model_with({})


def model_with(changes: dict[str, Any]) -> TierModel:
    """The default model with some parameters changed, named as in the file. Raises pydantic's ValidationError."""
    return TierModel.model_validate({**_defaults(), **changes})


@cache
def _defaults() -> dict[str, Any]:
    defaults: dict[str, Any] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return defaults


def _whole(seconds: float) -> int:
    return max(1, -int(-seconds // INTERVAL_SECONDS))
