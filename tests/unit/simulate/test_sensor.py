"""What monitoring shows: late, with gaps, and with the noise of finite samples."""

import random
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.simulate.builders import model
from vectortier.simulate.sensor import Interval, Sensor

CALM = Interval(
    started_at=0.0,
    offered=1500.0,
    bad=30.0,
    ended=1500.0,
    writes_per_second=0.0,
    utilisation=0.5,
    p50=40.0,
    p99=90.0,
    p999=120.0,
    nodes=2,
    serving=1,
    copying=False,
    p99_without_copying=90.0,
)


def sensor(intervals: int = 1, **changes: Any) -> Sensor:
    found = Sensor(model(**changes), random.Random(1))
    for i in range(intervals):
        found.take(replace(CALM, started_at=15.0 * i))
    return found


def test_a_sample_shows_after_its_interval_and_the_scrape_lag() -> None:
    assert sensor(scrapeLagSeconds=20).latest(34.9) is None
    sample = sensor(scrapeLagSeconds=20).latest(35.0)
    assert sample is not None
    assert (sample.taken_at, sample.requests, sample.bad, sample.p99_milliseconds) == (15.0, 1500.0, 30.0, 90.0)
    assert sample.cpu == (0.5, 0.0), "a node that does not serve yet is idle"


def test_a_window_has_the_samples_of_its_length() -> None:
    assert [s.taken_at for s in sensor(10).window(150.0, 60)] == [105.0, 120.0, 135.0, 150.0]
    assert len(sensor(2).window(150.0, 60)) == 2


def test_counters_grow_over_a_window_by_what_its_samples_count() -> None:
    found = sensor(40, samplingNoise=True, outageStartSeconds=300, outageSeconds=100)
    for seconds in (15, 60, 300, 600, 3600):
        samples, increase = found.window(600.0, seconds), found.increase(600.0, seconds)
        assert increase.requests == sum(s.requests for s in samples)
        assert increase.bad == sum(s.bad for s in samples)
        assert increase.covered_seconds == 15 * len(samples)


def test_in_an_outage_every_scrape_fails() -> None:
    found = sensor(10, outageStartSeconds=30, outageSeconds=60)
    failed = [s.taken_at for s in found.window(150.0, 150) if s.gateway_failed and s.cpu == (None, None)]
    assert failed == [45.0, 60.0, 75.0, 90.0]


def test_scrapes_of_each_target_fail_by_themselves_as_often_as_they_should() -> None:
    samples = sensor(4000, missingScrapes=0.1).window(60_000.0, 60_000)
    assert sum(s.gateway_failed for s in samples) / 4000 == pytest.approx(0.1, abs=0.02)
    assert sum(s.cpu[0] is None for s in samples) / 4000 == pytest.approx(0.1, abs=0.02)
    assert sum(s.gateway_failed and s.cpu[0] is None for s in samples) / 4000 == pytest.approx(0.01, abs=0.01)


def test_noise_is_that_of_the_number_of_searches() -> None:
    samples = sensor(4000, samplingNoise=True).window(60_000.0, 60_000)
    assert spread([s.requests for s in samples]) == pytest.approx((1500.0, 1500**0.5), rel=0.05)
    assert spread([s.bad for s in samples]) == pytest.approx((30.0, 30**0.5), rel=0.05)
    middle, width = spread([s.p99_milliseconds for s in samples])
    assert middle == pytest.approx(90.0, rel=0.03)
    # Near p99, 30 ms a decade: the share of slower ones varies by a quarter of a hundredth.
    assert width == pytest.approx(30.0 / 2.303 * (0.99 / 0.01 / 1500) ** 0.5, rel=0.25)


def test_of_searches_that_are_all_bad_none_looks_good() -> None:
    found = Sensor(model(samplingNoise=True), random.Random(1))
    found.take(replace(CALM, bad=CALM.offered))
    sample = found.latest(1e6)
    assert sample is not None
    assert sample.bad == sample.requests


def test_the_same_seed_shows_the_same() -> None:
    noisy = [sensor(50, samplingNoise=True, missingScrapes=0.2).window(750.0, 750) for _ in range(2)]
    assert noisy[0] == noisy[1]


def spread(values: list[float]) -> tuple[float, float]:
    """Mean and standard deviation."""
    mean = sum(values) / len(values)
    return mean, (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
