"""Each generated load does the one thing that it is for."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.control.loads import shapes
from tests.benchmarks.control.loads.shapes import DAY, HOUR, MINUTE

Shape = Callable[[float], float]
DAYS = [0.9, 1.0, 0.95, 0.9, 1.0, 0.6, 0.55] * 2

SHAPES: dict[str, tuple[Shape, float]] = {
    "step": (shapes.step, 4 * HOUR),
    "spike": (shapes.spike, 4 * HOUR),
    "ramp": (shapes.ramp, 5 * HOUR),
    "sawtooth": (lambda second: shapes.sawtooth(second, 165), 2 * HOUR),
    "flash-crowd": (shapes.flash_crowd, 4 * HOUR),
    "slow-leak": (shapes.slow_leak, DAY),
    "steady": (shapes.steady, 4 * HOUR),
    "two-weeks": (lambda second: shapes.two_weeks(second, DAYS), 14 * DAY),
}


@pytest.mark.parametrize("name", SHAPES)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_shape_stays_between_a_quarter_of_the_peak_and_the_peak(name: str, share: float) -> None:
    shape, seconds = SHAPES[name]
    assert 0.25 - 1e-9 <= shape(share * seconds) <= 1.0 + 1e-9


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_reaches_the_peak(name: str) -> None:
    shape, seconds = SHAPES[name]
    assert max(shape(second) for second in range(0, int(seconds), 15)) > 0.95


def test_the_step_doubles_and_halves_within_a_second() -> None:
    assert [shapes.step(s) for s in (HOUR - 1, HOUR, 3 * HOUR - 1, 3 * HOUR)] == [0.5, 1.0, 1.0, 0.5]


def test_the_spike_is_over_after_three_minutes() -> None:
    above = [second for second in range(4 * HOUR) if shapes.spike(second) > 0.5]
    assert (above[0], len(above)) == (2 * HOUR, 180)


@given(second=st.floats(0, 5 * HOUR - 60))
def test_the_ramp_never_jumps(second: float) -> None:
    assert abs(shapes.ramp(second + 60) - shapes.ramp(second)) <= 0.75 / 120 + 1e-9


@given(period=st.sampled_from([45, 165, 600]), tooth=st.integers(0, 10), share=st.floats(0.01, 0.99))
def test_each_tooth_rises_for_a_period_and_falls_at_once(period: int, tooth: int, share: float) -> None:
    begin = tooth * period
    assert shapes.sawtooth(begin, period) == 0.5
    assert shapes.sawtooth(begin + share * period, period) == pytest.approx(0.5 + 0.5 * share)
    assert shapes.sawtooth(begin + period, period) == 0.5


def test_the_flash_crowd_comes_in_minutes_and_goes_in_hours() -> None:
    comes, gone = HOUR + 5 * MINUTE, HOUR + 25 * MINUTE
    assert [shapes.flash_crowd(s) for s in (HOUR, comes, gone)] == pytest.approx([0.25, 1.0, 1.0])
    assert shapes.flash_crowd(gone + 30 * MINUTE) - 0.25 == pytest.approx(0.75 * 0.368, rel=0.01)
    assert shapes.flash_crowd(4 * HOUR) < 0.3


@given(second=st.floats(0, DAY - HOUR))
def test_the_leak_grows_by_too_little_to_see_within_an_hour(second: float) -> None:
    assert 1.0 < shapes.slow_leak(second + HOUR) / shapes.slow_leak(second) < 1.05


def test_the_import_writes_for_an_hour_and_a_half() -> None:
    writes = [shapes.imported(second) for second in range(4 * HOUR)]
    assert writes[HOUR] == 0.0
    assert max(writes) == writes[HOUR + MINUTE] == 600.0
    assert sum(rate > 0 for rate in writes) == pytest.approx(1.5 * HOUR, abs=2)


def test_two_weeks_have_quiet_nights_and_quieter_weekends() -> None:
    noons = [shapes.two_weeks((day + 0.5) * DAY, DAYS) for day in range(14)]
    assert noons == pytest.approx(DAYS)
    assert [shapes.two_weeks(day * DAY, DAYS) for day in range(14)] == pytest.approx([0.25] * 14)
    assert [day for day in range(14) if shapes.is_weekend(day)] == [5, 6, 12, 13]
