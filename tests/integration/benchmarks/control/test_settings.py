"""The settings: each differs from the base setting in the one thing that it is named after."""

from dataclasses import fields

import pytest

from tests.benchmarks.control.settings import (
    BASE,
    DISTURBED,
    OUTAGE,
    OUTAGE_SECONDS,
    SETTINGS,
    UNDISTURBED,
    outage_start,
)
from vectortier.simulate.model import default_model
from vectortier.simulate.rates import INTERVAL_SECONDS

HOUR = 3600


def test_the_base_setting_is_the_tier_model_with_its_defaults() -> None:
    base, default = SETTINGS[BASE].model(HOUR), default_model()
    changed = {name for name in type(base).model_fields if getattr(base, name) != getattr(default, name)}
    assert changed <= {"copy_bytes_per_second"}, "a copy takes 165 s there too, to the second"
    assert base.delay_intervals == default.delay_intervals


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != BASE])
def test_a_setting_differs_in_one_thing(name: str) -> None:
    parameters = [field.name for field in fields(SETTINGS[BASE]) if field.name != "name"]
    differs = [one for one in parameters if getattr(SETTINGS[name], one) != getattr(SETTINGS[BASE], one)]
    assert len(differs) == 1


@pytest.mark.parametrize(("name", "seconds"), [("delay-45", 45), (BASE, 165), ("delay-600", 600)])
def test_a_copy_takes_as_long_as_the_setting_says(name: str, seconds: int) -> None:
    model = SETTINGS[name].model(HOUR)
    assert model.delay_intervals == seconds / INTERVAL_SECONDS
    assert model.boot_seconds + model.transfer_seconds + model.load_seconds == pytest.approx(seconds)


def test_settings_reach_the_model() -> None:
    model = {name: setting.model(HOUR) for name, setting in SETTINGS.items()}
    assert [model[name].copy_interference for name in ("interference-0", BASE, "interference-50")] == [0, 0.25, 0.5]
    assert [model[name].search_drift for name in ("drift-down", BASE, "drift-up")] == [-0.3, 0, 0.3]
    assert [model[name].missing_scrapes for name in (BASE, "missing-scrapes")] == [0, 0.1]
    assert [model[name].sampling_noise for name in (UNDISTURBED, *DISTURBED)] == [False, True, True, True, True]


@pytest.mark.parametrize("seconds", [HOUR, 5 * HOUR, 14 * 24 * HOUR])
def test_the_outage_is_half_an_hour_within_the_load(seconds: int) -> None:
    model = SETTINGS[OUTAGE].model(seconds)
    assert model.outage_seconds == OUTAGE_SECONDS == 1800
    assert 0 < model.outage_start_seconds == outage_start(seconds) < seconds - OUTAGE_SECONDS
    assert SETTINGS[BASE].model(seconds).outage_seconds == 0
